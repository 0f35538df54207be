using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>Reads "tools" and "tool_choice" in both of OpenAI's spellings: nested under "function" (chat) or beside the type (responses).</summary>
static class ToolReader
{
    /// <summary>Longest name of a tool.</summary>
    public const int MaxNameLength = 64;

    const int MaxTools = 128;

    public static ImmutableArray<CallableTool> ReadTools(ApiObject request, bool nested, out bool anyStrict)
    {
        var strict = false;
        ImmutableArray<CallableTool> tools =
            [.. (request.Items("tools", MaxTools) ?? []).Select(item => ReadTool(new ApiObject(item.Value, item.Path), nested, ref strict))];
        anyStrict = strict;
        return tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal).Count() == tools.Length
            ? tools
            : throw new ApiException(ApiError.Invalid("tools", "names a function twice"));
    }

    public static ToolChoice ReadChoice(ApiObject request, bool nested, ImmutableArray<CallableTool> tools)
    {
        var choice = request.Any("tool_choice") switch
        {
            null => tools.IsEmpty ? ToolChoice.None : ToolChoice.Auto,
            { ValueKind: JsonValueKind.String } word => ApiObject.ReadText(word, "tool_choice", 32) switch
            {
                "none" => ToolChoice.None,
                "auto" => ToolChoice.Auto,
                "required" => ToolChoice.Required,
                _ => throw Unsupported(),
            },
            { } value => ReadNamed(new ApiObject(value, "tool_choice"), nested),
        };
        if (choice.IsForced && tools.IsEmpty)
        {
            throw new ApiException(ApiError.Invalid("tool_choice", "needs 'tools'"));
        }

        return choice.Name is null || tools.Any(tool => tool.Name == choice.Name)
            ? choice
            : throw new ApiException(ApiError.Invalid("tool_choice", "names a function that 'tools' does not hold"));
    }

    /// <summary>Strict arguments are only held to where a grammar constrains the whole answer.</summary>
    public static void CheckStrict(bool anyStrict, ToolChoice choice)
    {
        if (anyStrict && choice.Kind == ToolChoiceKind.Auto)
        {
            throw new ApiException(ApiError.UnsupportedValue("tools", "hold a 'strict' function, which is only supported with tool_choice 'required' or a named function"));
        }
    }

    static CallableTool ReadTool(ApiObject tool, bool nested, ref bool anyStrict)
    {
        tool.OnlyText("type", "function");
        _ = tool.Required("type");
        var function = nested ? tool.Object("function") ?? throw new ApiException(ApiError.Missing(tool.Name("function"))) : tool;
        var name = ReadName(function);
        var description = function.Text("description");
        var parameters = function.Any("parameters");
        anyStrict |= function.Flag("strict") ?? false;
        function.End();
        tool.End();
        return parameters is null or { ValueKind: JsonValueKind.Object }
            ? new CallableTool(name, description, parameters)
            : throw new ApiException(ApiError.Invalid(function.Name("parameters"), "must be an object"));
    }

    static ToolChoice ReadNamed(ApiObject choice, bool nested)
    {
        choice.OnlyText("type", "function");
        var function = nested ? choice.Object("function") ?? throw Unsupported() : choice;
        var name = ReadName(function);
        function.End();
        choice.End();
        return new ToolChoice(ToolChoiceKind.Named, name);
    }

    static string ReadName(ApiObject function)
    {
        var name = function.RequiredText("name", MaxNameLength);
        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? name
            : throw new ApiException(ApiError.Invalid(function.Name("name"), "must be 1 to 64 letters, digits, '_' and '-'"));
    }

    static ApiException Unsupported() => new(ApiError.UnsupportedValue("tool_choice", "is only supported as 'none', 'auto', 'required' or a named function"));
}
