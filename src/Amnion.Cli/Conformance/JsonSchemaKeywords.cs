using System.Text.Json;

namespace Amnion.Cli.Conformance;

/// <summary>
/// The few JSON Schema (2020-12) keywords that the published schemas use. A keyword that is not known is an error and not ignored: a schema that is
/// only partly applied would say more than it checked. The tests apply them.
/// </summary>
static class JsonSchemaKeywords
{
    const int MaxDepth = 64;

    static readonly string[] s_remarks = ["$schema", "$id", "$defs", "title", "description", "default", "contentEncoding", "format"];

    /// <summary>Walks the whole schema without a value, so that an unknown keyword is found wherever it stands.</summary>
    /// <exception cref="FormatException">The schema uses a keyword not known here.</exception>
    public static void RequireKnown(JsonElement schema) => Walk(schema, 0);

    static void Walk(JsonElement schema, int depth)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }

        foreach (var keyword in Of(schema, depth))
        {
            IEnumerable<JsonElement> nested = keyword.Name switch
            {
                "properties" or "$defs" => keyword.Value.EnumerateObject().Select(member => member.Value),
                "oneOf" or "allOf" => keyword.Value.EnumerateArray(),
                "items" or "if" or "then" or "additionalProperties" => [keyword.Value],
                _ => [],
            };
            foreach (var inner in nested)
            {
                Walk(inner, depth + 1);
            }
        }
    }

    /// <summary>The keywords of one schema.</summary>
    /// <exception cref="FormatException">One that nobody applies, no schema, or nesting without end.</exception>
    public static IEnumerable<JsonProperty> Of(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            throw new FormatException("a schema is an object, or true or false, and not nested without end");
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            yield return keyword.Name is "type" or "required" or "additionalProperties" or "properties" or "const" or "enum" or "pattern" or "items" or "minItems" or "maxItems"
                or "uniqueItems" or "minimum" or "oneOf" or "allOf" or "if" or "then" or "$ref" || s_remarks.Contains(keyword.Name)
                ? keyword
                : throw new FormatException($"nobody applies the keyword \"{keyword.Name}\"");
        }
    }
}
