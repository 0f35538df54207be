using System.Text.Encodings.Web;
using System.Text.Json;
using Amnion.Inference.Grammar;

namespace Amnion.Inference;

/// <summary>
/// A grammar whose every text is tool calls as ChatML models (Qwen 2.5, Hermes 2 Pro) write them:
/// <c>&lt;tool_call&gt;</c>, an object with <c>name</c> and <c>arguments</c>, <c>&lt;/tool_call&gt;</c>. For a tool choice of
/// "required" or of one tool.
/// </summary>
public static class ToolCallGrammar
{
    /// <summary>Tools of one request; OpenAI's limit.</summary>
    public const int MaxTools = 128;

    /// <summary>The grammar, its start symbol "root".</summary>
    /// <param name="tools">The tools that may be called: for a forced tool, that one alone.</param>
    /// <param name="allowSeveral">Let more than one call follow each other.</param>
    /// <exception cref="JsonSchemaException">The parameters of a tool cannot become a grammar.</exception>
    public static string Convert(IReadOnlyList<ToolSchema> tools, bool allowSeveral)
    {
        ArgumentNullException.ThrowIfNull(tools);
        if (tools.Count is 0 or > MaxTools)
        {
            throw new JsonSchemaException(InferenceCodes.SchemaTooLarge, "tools", string.Empty);
        }

        return JsonSchemaGrammar.Build((rules, json) =>
        {
            var objects = tools.Select(tool => rules.Add(Call(tool, rules, json))).Distinct();
            var call = rules.Add($"\"<tool_call>\\n\" ({string.Join(" | ", objects)}) \"\\n</tool_call>\"");
            return allowSeveral ? $"{call} (\"\\n\" {call})*" : call;
        });
    }

    static string Call(ToolSchema tool, GrammarRules rules, JsonRules json)
    {
        var name = GrammarRules.Literal($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(tool.Name)}\"");
        var arguments = tool.Parameters is { ValueKind: not JsonValueKind.Null } parameters
            ? new SchemaConverter(rules, json, parameters).Convert()
            : json.AnyObject;
        return $"\"{{\\\"name\\\": \" {name} \", \\\"arguments\\\": \" {arguments} \"}}\"";
    }
}
