using System.Text.Json;
using Amnion.Inference.Grammar;

namespace Amnion.Inference;

/// <summary>
/// JSON Schema (2020-12, the part that structured outputs use) to a GBNF grammar. What the grammar lets through is valid
/// against the schema; it may let through less: properties come in the schema's order, and undeclared ones only where
/// <c>additionalProperties</c> says so. Whatever cannot be held to is refused by name, never ignored.
/// </summary>
public static class JsonSchemaGrammar
{
    /// <summary>Any JSON object: <c>response_format: json_object</c>.</summary>
    public static string AnyObject { get; } = Build(static (rules, json) => json.AnyObject);

    /// <summary>A grammar, its start symbol "root", whose every text is valid against a schema.</summary>
    /// <exception cref="JsonSchemaException">The schema is malformed, too large, or asks what a grammar cannot hold to.</exception>
    public static string Convert(JsonElement schema) => Build((rules, json) => new SchemaConverter(rules, json, schema).Convert());

    internal static string Build(Func<GrammarRules, JsonRules, string> write)
    {
        var rules = new GrammarRules();
        var root = write(rules, new JsonRules(rules));
        return rules.IsTooLarge
            ? throw new JsonSchemaException(InferenceCodes.SchemaTooLarge, string.Empty, string.Empty)
            : rules.Finish(root);
    }
}
