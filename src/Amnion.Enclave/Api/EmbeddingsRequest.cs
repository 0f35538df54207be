using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>POST /v1/embeddings.</summary>
/// <param name="Model">The model asked for.</param>
/// <param name="Input">The texts.</param>
/// <param name="Base64">True for little-endian 32-bit floats in base64, false for numbers.</param>
sealed record EmbeddingsRequest(string Model, ImmutableArray<string> Input, bool Base64)
{
    /// <summary>Most texts of one request (OpenAI's limit).</summary>
    public const int MaxInputs = 2048;

    public static EmbeddingsRequest Read(ApiObject request)
    {
        var model = request.RequiredText("model", 256);
        var input = ReadInput(request.Required("input"));
        var format = request.Text("encoding_format", 16) ?? "float";
        request.Refuse("dimensions");
        request.Accept("user");
        request.End();
        return format is "float" or "base64"
            ? new EmbeddingsRequest(model, input, format == "base64")
            : throw new ApiException(ApiError.UnsupportedValue("encoding_format", "is only supported as 'float' or 'base64'"));
    }

    static ImmutableArray<string> ReadInput(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return [ReadOne(value, "input")];
        }

        var items = ApiObject.ReadItems(value, "input", MaxInputs);
        return items.IsEmpty
            ? throw new ApiException(ApiError.Invalid("input", "must not be empty"))
            : [.. items.Select(item => ReadOne(item.Value, item.Path))];
    }

    static string ReadOne(JsonElement value, string name)
    {
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.Array)
        {
            throw new ApiException(ApiError.UnsupportedValue("input", "is only supported as text, not as token numbers"));
        }

        var text = ApiObject.ReadText(value, name);
        return text.Length > 0 ? text : throw new ApiException(ApiError.Invalid(name, "must not be empty"));
    }
}
