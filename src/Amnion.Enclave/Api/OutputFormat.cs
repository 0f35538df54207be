using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>OpenAI's response_format, and text.format of the Responses API.</summary>
/// <param name="Json">True where the answer must be JSON.</param>
/// <param name="Schema">The JSON Schema it must follow; null for any object.</param>
sealed record OutputFormat(bool Json, JsonElement? Schema)
{
    const int MaxNameLength = 64;

    public static OutputFormat Text { get; } = new(false, null);

    static OutputFormat JsonObject { get; } = new(true, null);

    /// <summary>Reads chat's response_format, where the schema stands in a member of its own.</summary>
    public static OutputFormat ReadChat(ApiObject request)
    {
        if (request.Object("response_format") is not { } format)
        {
            return Text;
        }

        var read = format.RequiredText("type", 32) switch
        {
            "text" => Text,
            "json_object" => JsonObject,
            "json_schema" => ReadSchema(format.Object("json_schema") ?? throw new ApiException(ApiError.Missing(format.Name("json_schema"))), end: true),
            _ => throw Unknown(format),
        };
        format.End();
        return read;
    }

    /// <summary>Reads text.format of the Responses API, where the schema's members stand beside the type.</summary>
    public static OutputFormat ReadResponses(ApiObject format)
    {
        var read = format.RequiredText("type", 32) switch
        {
            "text" => Text,
            "json_object" => JsonObject,
            "json_schema" => ReadSchema(format, end: false),
            _ => throw Unknown(format),
        };
        format.End();
        return read;
    }

    static OutputFormat ReadSchema(ApiObject value, bool end)
    {
        _ = value.RequiredText("name", MaxNameLength);
        _ = value.Text("description");

        // The grammar holds to the schema whether or not strictness was asked for.
        _ = value.Flag("strict");
        var schema = value.Required("schema");
        if (end)
        {
            value.End();
        }

        return schema.ValueKind == JsonValueKind.Object
            ? new OutputFormat(true, schema)
            : throw new ApiException(ApiError.Invalid(value.Name("schema"), "must be an object"));
    }

    static ApiException Unknown(ApiObject format) => new(ApiError.UnsupportedValue(format.Name("type"), "is only supported as 'text', 'json_object' or 'json_schema'"));
}
