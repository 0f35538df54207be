using System.Text.Json;
using System.Text.RegularExpressions;
using Amnion.Cli.Conformance;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>
/// A validator of the few JSON Schema (2020-12) keywords that the published schemas use. A keyword it does not know is an error and not
/// ignored: a schema that is only partly applied would say more than it checked.
/// </summary>
sealed class JsonSchema(JsonElement root)
{
    /// <summary>A pattern must not take more than this over one value; none here comes near.</summary>
    static readonly TimeSpan s_patternLimit = TimeSpan.FromSeconds(1);

    /// <summary>Everything in which the value does not fit the schema, with its path.</summary>
    /// <exception cref="FormatException">The schema uses a keyword not known here.</exception>
    public IReadOnlyList<string> Check(JsonElement value)
    {
        var problems = new List<string>();
        Check(root, value, "$", 0, problems);
        return problems;
    }

    void Check(JsonElement schema, JsonElement value, string path, int depth, List<string> problems)
    {
        if (schema.ValueKind == JsonValueKind.True)
        {
            return;
        }

        if (schema.ValueKind == JsonValueKind.False)
        {
            problems.Add($"{path}: must not be there");
            return;
        }

        foreach (var keyword in JsonSchemaKeywords.Of(schema, depth))
        {
            Apply(schema, keyword, value, path, depth, problems);
        }
    }

    void Apply(JsonElement schema, JsonProperty keyword, JsonElement value, string path, int depth, List<string> problems)
    {
        switch (keyword.Name)
        {
            case "type":
                Require(keyword.Value.ValueKind == JsonValueKind.Array ? keyword.Value.EnumerateArray().Any(type => IsOf(value, type.GetString()!)) : IsOf(value, keyword.Value.GetString()!), $"must be of type {keyword.Value.GetRawText()}");
                break;
            case "const":
                Require(JsonElement.DeepEquals(keyword.Value, value), $"must be {keyword.Value.GetRawText()}");
                break;
            case "enum":
                Require(keyword.Value.EnumerateArray().Any(entry => JsonElement.DeepEquals(entry, value)), "must be one of the schema's values");
                break;
            case "pattern" when value.ValueKind == JsonValueKind.String:
                Require(Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!, RegexOptions.ECMAScript, s_patternLimit), $"must match {keyword.Value.GetRawText()}");
                break;
            case "minimum" when value.ValueKind == JsonValueKind.Number:
                Require(value.GetDecimal() >= keyword.Value.GetDecimal(), $"must be {keyword.Value.GetRawText()} or more");
                break;
            case "minItems" or "maxItems" or "uniqueItems" or "items" when value.ValueKind == JsonValueKind.Array:
                CheckArray(keyword, value, path, depth, problems);
                break;
            case "required" or "properties" or "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                CheckObject(schema, keyword, value, path, depth, problems);
                break;
            case "oneOf":
                Require(keyword.Value.EnumerateArray().Count(option => Fits(option, value, depth)) == 1, "must fit exactly one of the alternatives");
                break;
            case "allOf":
                foreach (var part in keyword.Value.EnumerateArray())
                {
                    Check(part, value, path, depth + 1, problems);
                }

                break;
            case "if" when Fits(keyword.Value, value, depth) && schema.TryGetProperty("then", out var then):
                Check(then, value, path, depth + 1, problems);
                break;
            case "$ref":
                Check(Resolve(keyword.Value.GetString()!), value, path, depth + 1, problems);
                break;
            default:
                break;
        }

        void Require(bool holds, string rule)
        {
            if (!holds)
            {
                problems.Add($"{path}: {rule}");
            }
        }
    }

    void CheckArray(JsonProperty keyword, JsonElement value, string path, int depth, List<string> problems)
    {
        var items = value.EnumerateArray().ToList();
        var holds = keyword.Name switch
        {
            "minItems" => items.Count >= keyword.Value.GetInt32(),
            "maxItems" => items.Count <= keyword.Value.GetInt32(),
            "uniqueItems" => !keyword.Value.GetBoolean() || items.Select((item, at) => items.Take(at).Any(other => JsonElement.DeepEquals(item, other))).All(twice => !twice),
            _ => true,
        };
        if (!holds)
        {
            problems.Add($"{path}: breaks {keyword.Name}");
        }

        foreach (var (at, item) in keyword.NameEquals("items") ? items.Index() : [])
        {
            Check(keyword.Value, item, $"{path}[{at}]", depth + 1, problems);
        }
    }

    void CheckObject(JsonElement schema, JsonProperty keyword, JsonElement value, string path, int depth, List<string> problems)
    {
        switch (keyword.Name)
        {
            case "required":
                problems.AddRange(keyword.Value.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{path}.{name}: is missing"));
                break;
            case "properties":
                foreach (var member in value.EnumerateObject().Where(member => keyword.Value.TryGetProperty(member.Name, out _)))
                {
                    Check(keyword.Value.GetProperty(member.Name), member.Value, $"{path}.{member.Name}", depth + 1, problems);
                }

                break;
            default:
                var named = schema.TryGetProperty("properties", out var properties) ? properties : default;
                foreach (var member in value.EnumerateObject().Where(member => named.ValueKind != JsonValueKind.Object || !named.TryGetProperty(member.Name, out _)))
                {
                    Check(keyword.Value, member.Value, $"{path}.{member.Name}", depth + 1, problems);
                }

                break;
        }
    }

    bool Fits(JsonElement schema, JsonElement value, int depth)
    {
        var problems = new List<string>();
        Check(schema, value, "$", depth + 1, problems);
        return problems.Count == 0;
    }

    JsonElement Resolve(string reference)
    {
        const string Prefix = "#/$defs/";
        return reference.StartsWith(Prefix, StringComparison.Ordinal) && root.TryGetProperty("$defs", out var definitions) && definitions.TryGetProperty(reference[Prefix.Length..], out var found)
            ? found
            : throw new FormatException($"nobody follows the reference \"{reference}\"");
    }

    static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number == decimal.Truncate(number),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => throw new FormatException($"nobody knows the type \"{type}\""),
    };
}
