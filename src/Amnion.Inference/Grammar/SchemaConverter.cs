using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Amnion.Inference.Grammar;

/// <summary>Walks a schema and writes its rules.</summary>
sealed class SchemaConverter(GrammarRules rules, JsonRules json, JsonElement root)
{
    const int MaxDepth = 64;
    const int MaxNodes = 4000;
    const int MaxEnumeration = 1000;

    /// <summary>Characters of a JSON pointer, a reference's or a place's: each child's is written out.</summary>
    const int MaxPointer = 4096;

    /// <summary>The types that JSON Schema has.</summary>
    const int MaxTypes = 7;

    /// <summary>llama.cpp unrolls repetitions and refuses more than 2000.</summary>
    const int MaxRepetition = 1000;

    static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "$schema", "$id", "$comment", "$anchor", "$defs", "definitions", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    };

    static readonly HashSet<string> Validations = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength", "format",
    };

    static readonly string[] Combinations = ["$ref", "anyOf", "oneOf", "allOf"];

    static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Dictionary<string, string> references = new(StringComparer.Ordinal);
    readonly HashSet<string> openReferences = new(StringComparer.Ordinal);
    int nodes;

    /// <summary>The expression of the whole schema.</summary>
    public string Convert() => Visit(root, string.Empty, 0);

    string Visit(JsonElement schema, string pointer, int depth)
    {
        if (depth > MaxDepth || ++nodes > MaxNodes || pointer.Length > MaxPointer || rules.IsTooLarge)
        {
            throw TooLarge(string.Empty, pointer);
        }

        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                return json.Value;
            case JsonValueKind.Object:
                break;
            default:
                throw Malformed(string.Empty, pointer);
        }

        rules.Spend(schema.GetPropertyCount());
        CheckKeywords(schema, pointer);
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Reference(reference, pointer, depth);
        }

        foreach (var keyword in (string[])["anyOf", "oneOf", "allOf"])
        {
            if (schema.TryGetProperty(keyword, out var members))
            {
                return Combine(keyword, members, pointer, depth);
            }
        }

        if (schema.TryGetProperty("const", out var constant))
        {
            return Literals([constant], schema, "const", pointer);
        }

        if (schema.TryGetProperty("enum", out var values))
        {
            return values.ValueKind == JsonValueKind.Array ? Literals([.. values.EnumerateArray()], schema, "enum", pointer) : throw Malformed("enum", pointer);
        }

        var types = Types(schema, pointer);
        return types.Count == 1 ? OfType(types[0], schema, pointer, depth) : rules.Add(string.Join(" | ", types.Select(t => OfType(t, schema, pointer, depth))));
    }

    static void CheckKeywords(JsonElement schema, string pointer)
    {
        string? combination = null;
        string? validation = null;
        foreach (var property in schema.EnumerateObject())
        {
            if (Combinations.Contains(property.Name))
            {
                if (combination is not null)
                {
                    throw Unsupported(property.Name, pointer);
                }

                combination = property.Name;
            }
            else if (Validations.Contains(property.Name))
            {
                validation ??= property.Name;
            }
            else if (!Annotations.Contains(property.Name) && !(property.NameEquals("uniqueItems") && property.Value.ValueKind == JsonValueKind.False))
            {
                throw Unsupported(property.Name, pointer);
            }
        }

        // Both at once is a conjunction, which a context-free grammar does not have.
        if (combination is not null && validation is not null)
        {
            throw Unsupported(combination, pointer);
        }
    }

    string Reference(JsonElement reference, string pointer, int depth)
    {
        if (reference.ValueKind != JsonValueKind.String)
        {
            throw Malformed("$ref", pointer);
        }

        var target = reference.GetString()!;
        if (target.Length > MaxPointer)
        {
            throw TooLarge("$ref", pointer);
        }

        if (references.TryGetValue(target, out var known))
        {
            // A reference back to one that has consumed nothing yet would never end.
            return openReferences.Contains(target) ? throw Malformed("$ref", pointer) : known;
        }

        var rule = rules.Reserve();
        references.Add(target, rule);
        openReferences.Add(target);
        rules.Define(rule, Visit(Resolve(target, pointer), target, depth + 1));
        openReferences.Remove(target);
        return rule;
    }

    /// <summary>A local reference: "#" and a JSON pointer, RFC 6901 §6.</summary>
    JsonElement Resolve(string target, string pointer)
    {
        if (!target.StartsWith('#'))
        {
            throw Unsupported("$ref", pointer);
        }

        var at = root;
        var path = Uri.UnescapeDataString(target[1..]);
        if (path.Length > 0 && path[0] != '/')
        {
            throw Unsupported("$ref", pointer);
        }

        foreach (var token in path.Split('/').Skip(1))
        {
            // Looking a member up compares with each.
            rules.Spend(at.ValueKind == JsonValueKind.Object ? at.GetPropertyCount() : 1);
            var name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at.ValueKind switch
            {
                JsonValueKind.Object when at.TryGetProperty(name, out var member) => member,
                JsonValueKind.Array when int.TryParse(name, out var index) && index >= 0 && index < at.GetArrayLength() => at[index],
                _ => throw Malformed("$ref", pointer),
            };
        }

        return at;
    }

    string Combine(string keyword, JsonElement members, string pointer, int depth)
    {
        if (members.ValueKind != JsonValueKind.Array || members.GetArrayLength() == 0)
        {
            throw Malformed(keyword, pointer);
        }

        if (keyword == "allOf" && members.GetArrayLength() > 1)
        {
            throw Unsupported(keyword, pointer);
        }

        var alternatives = members.EnumerateArray().Select((member, i) => Visit(member, $"{pointer}/{keyword}/{i}", depth + 1)).Distinct().ToList();
        return alternatives.Count == 1 ? alternatives[0] : rules.Add(string.Join(" | ", alternatives));
    }

    string Literals(IReadOnlyList<JsonElement> values, JsonElement schema, string keyword, string pointer)
    {
        if (values.Count > MaxEnumeration)
        {
            throw TooLarge(keyword, pointer);
        }

        rules.Spend(values.Sum(v => (long)JsonMarshal.GetRawUtf8Value(v).Length));
        if (rules.IsTooLarge)
        {
            throw TooLarge(keyword, pointer);
        }

        var types = schema.TryGetProperty("type", out _) ? Types(schema, pointer) : null;
        var literals = values.Where(v => types is null || types.Any(t => IsOfType(v, t))).Select(v => GrammarRules.Literal(Text(v))).Distinct().ToList();
        return literals.Count == 0 ? throw Malformed(keyword, pointer) : rules.Add(string.Join(" | ", literals));
    }

    static bool IsOfType(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && value.TryGetInt64(out _)),
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        JsonValueKind.Object => type == "object",
        _ => type == "array",
    };

    static string Text(JsonElement value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Compact))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    static List<string> Types(JsonElement schema, string pointer)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.EnumerateObject().Select(p => p.Name).FirstOrDefault(Validations.Contains) switch
            {
                "properties" or "required" or "additionalProperties" => ["object"],
                "items" or "minItems" or "maxItems" => ["array"],
                "minLength" or "maxLength" or "format" => ["string"],
                _ => ["any"],
            };
        }

        List<string> names = type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array when type.GetArrayLength() <= MaxTypes => [.. type.EnumerateArray().Select(t => t.ValueKind == JsonValueKind.String ? t.GetString()! : string.Empty).Distinct()],
            _ => [],
        };
        return names.Count > 0 && names.TrueForAll(n => n is "object" or "array" or "string" or "number" or "integer" or "boolean" or "null")
            ? names
            : throw Malformed("type", pointer);
    }

    string OfType(string type, JsonElement schema, string pointer, int depth) => type switch
    {
        "object" => Consuming(() => new ObjectConverter(rules, json, Visit).Convert(schema, pointer, depth)),
        "array" => Consuming(() => Array(schema, pointer, depth)),
        "string" => String(schema, pointer),
        "number" => json.Number,
        "integer" => json.Integer,
        "boolean" => JsonRules.Boolean,
        "null" => JsonRules.Null,
        _ => json.Value,
    };

    /// <summary>Inside braces or brackets something has been consumed: references may come round again.</summary>
    string Consuming(Func<string> visit)
    {
        var open = openReferences.ToArray();
        openReferences.Clear();
        var result = visit();
        openReferences.UnionWith(open);
        return result;
    }

    string Array(JsonElement schema, string pointer, int depth)
    {
        var min = Count(schema, "minItems", pointer) ?? 0;
        var max = Count(schema, "maxItems", pointer);
        if (max < min)
        {
            throw Malformed("maxItems", pointer);
        }

        var item = schema.TryGetProperty("items", out var items) ? Visit(items, pointer + "/items", depth + 1) : json.Value;
        if (max == 0)
        {
            return rules.Add($"\"[\" {json.Space} \"]\"");
        }

        var more = $"({json.Comma} {item}){{{Math.Max(min - 1, 0)},{max - 1}}}";
        var body = $"{item} {more} {json.Space}";
        return rules.Add($"\"[\" {json.Space} {(min == 0 ? $"({body})?" : body)} \"]\"");
    }

    string String(JsonElement schema, string pointer)
    {
        var min = Count(schema, "minLength", pointer);
        var max = Count(schema, "maxLength", pointer);
        if (schema.TryGetProperty("format", out var format))
        {
            var known = format.ValueKind == JsonValueKind.String ? StringFormats.Find(format.GetString()!) : throw Malformed("format", pointer);
            return known is null || min is not null || max is not null ? throw Unsupported("format", pointer) : rules.Add($"\"\\\"\" {known} \"\\\"\"");
        }

        if (min is null && max is null)
        {
            return json.Text;
        }

        return max < (min ?? 0)
            ? throw Malformed("maxLength", pointer)
            : rules.Add($"\"\\\"\" {json.Character}{{{min ?? 0},{max}}} \"\\\"\"");
    }

    static int? Count(JsonElement schema, string keyword, string pointer)
    {
        if (!schema.TryGetProperty(keyword, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var count) || count < 0)
        {
            throw Malformed(keyword, pointer);
        }

        return count <= MaxRepetition ? (int)count : throw TooLarge(keyword, pointer);
    }

    static JsonSchemaException Unsupported(string keyword, string pointer) => new(InferenceCodes.SchemaUnsupported, keyword, pointer);

    static JsonSchemaException TooLarge(string keyword, string pointer) =>
        new(InferenceCodes.SchemaTooLarge, keyword, pointer.Length > MaxPointer ? pointer[..MaxPointer] : pointer);

    static JsonSchemaException Malformed(string keyword, string pointer) => new(InferenceCodes.SchemaMalformed, keyword, pointer);
}
