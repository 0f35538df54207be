using System.Text.Json;
using System.Text.RegularExpressions;

namespace Amnion.Models.Tests.Manifest;

/// <summary>The part of JSON Schema 2020-12 that the model-signing schemas use. An unknown keyword fails the test instead of being passed over.</summary>
sealed class JsonSchemaSubset
{
    readonly Dictionary<string, JsonElement> _schemas;

    public JsonSchemaSubset(IEnumerable<string> files) =>
        _schemas = files.Select(file => JsonDocument.Parse(File.ReadAllBytes(file)).RootElement).ToDictionary(schema => schema.GetProperty("$id").GetString()!);

    public bool Accepts(string id, JsonElement value) => Accepts(_schemas[id], _schemas[id], value);

    bool Accepts(JsonElement root, JsonElement schema, JsonElement value) => schema.EnumerateObject().All(keyword => keyword.Name switch
    {
        "$schema" or "$id" or "$defs" or "title" or "description" or "then" => true,
        "$ref" => Follow(root, keyword.Value.GetString()!, value),
        "type" => keyword.Value.ValueKind == JsonValueKind.Array
            ? keyword.Value.EnumerateArray().Any(type => IsType(type.GetString()!, value))
            : IsType(keyword.Value.GetString()!, value),
        "const" => JsonElement.DeepEquals(keyword.Value, value),
        "enum" => keyword.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!),
        "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= keyword.Value.GetInt32(),
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= keyword.Value.GetInt32(),
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= keyword.Value.GetInt32(),
        "minProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() >= keyword.Value.GetInt32(),
        "exclusiveMinimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() > keyword.Value.GetDouble(),
        "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(item => Accepts(root, keyword.Value, item)),
        "required" => value.ValueKind != JsonValueKind.Object || keyword.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "properties" => value.ValueKind != JsonValueKind.Object
            || keyword.Value.EnumerateObject().All(property => !value.TryGetProperty(property.Name, out var member) || Accepts(root, property.Value, member)),
        "additionalProperties" => value.ValueKind != JsonValueKind.Object || Additional(root, schema, keyword.Value, value),
        "anyOf" => keyword.Value.EnumerateArray().Any(one => Accepts(root, one, value)),
        "if" => !Accepts(root, keyword.Value, value) || Accepts(root, schema.GetProperty("then"), value),
        _ => throw new NotSupportedException($"JSON Schema keyword {keyword.Name}"),
    });

    bool Follow(JsonElement root, string reference, JsonElement value)
    {
        if (!reference.StartsWith("#/$defs/", StringComparison.Ordinal))
        {
            return Accepts(reference, value);
        }

        return Accepts(root, root.GetProperty("$defs").GetProperty(reference["#/$defs/".Length..]), value);
    }

    bool Additional(JsonElement root, JsonElement schema, JsonElement rule, JsonElement value) => value.EnumerateObject()
        .Where(member => !schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(member.Name, out _))
        .All(member => rule.ValueKind == JsonValueKind.True || (rule.ValueKind == JsonValueKind.Object && Accepts(root, rule, member.Value)));

    static bool IsType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new NotSupportedException($"JSON Schema type {type}"),
    };
}
