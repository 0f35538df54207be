using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Amnion.Inference.Grammar;

/// <summary>
/// An object's members. One rule for each property says "this one and what may follow", so that optional properties cost
/// a rule each instead of every combination.
/// </summary>
sealed class ObjectConverter(GrammarRules rules, JsonRules json, Func<JsonElement, string, int, string> visit)
{
    const int MaxProperties = 1000;

    /// <summary>
    /// Characters of a member's name. <see cref="Differing"/> goes as deep as a name is long and costs a rule for each of its characters.
    /// </summary>
    const int MaxNameLength = 256;

    public string Convert(JsonElement schema, string pointer, int depth)
    {
        var members = Members(schema, pointer, depth);
        var extra = Extra(schema, members, pointer, depth);
        // What may follow once something stands before it, from the last member backwards.
        var rest = extra is null ? null : rules.Add($"({json.Comma} {extra})*");
        // The same where nothing stands before it.
        var first = extra is null ? null : $"{extra} {rest}";
        var mayBeEmpty = true;
        for (var i = members.Count - 1; i >= 0; i--)
        {
            var (pair, required) = (members[i].Pair, members[i].Required);
            var here = rest is null ? pair : $"{pair} {rest}";
            first = required || first is null ? here : rules.Add($"{here} | {first}");
            mayBeEmpty &= !required;
            rest = rules.Add(required ? $"{json.Comma} {here}" : rest is null ? $"({json.Comma} {pair})?" : $"({json.Comma} {pair})? {rest}");
        }

        return first is null || mayBeEmpty
            ? rules.Add(json.Braces(first))
            : rules.Add($"\"{{\" {json.Space} {first} {json.Space} \"}}\"");
    }

    List<(string Name, string Pair, bool Required)> Members(JsonElement schema, string pointer, int depth)
    {
        var required = Required(schema, pointer);
        var missing = new HashSet<string>(required, StringComparer.Ordinal);
        var members = new List<(string Name, string Pair, bool Required)>();
        if (schema.TryGetProperty("properties", out var properties))
        {
            if (properties.ValueKind != JsonValueKind.Object)
            {
                throw Malformed("properties", pointer);
            }

            if (properties.GetPropertyCount() > MaxProperties)
            {
                throw TooLarge("properties", pointer);
            }

            foreach (var property in properties.EnumerateObject())
            {
                var name = Bounded(property.Name, "properties", pointer);
                var value = visit(property.Value, $"{pointer}/properties/{name}", depth + 1);
                members.Add((name, Pair(name, value), missing.Remove(name)));
            }
        }

        if (missing.Count > 0)
        {
            var value = !schema.TryGetProperty("additionalProperties", out var additional)
                ? json.Value
                : AdditionalValue(additional, pointer, depth) ?? throw Malformed("required", pointer);
            members.AddRange(required.Where(missing.Contains).Select(name => (name, Pair(name, value), true)));
        }

        return members.Count <= MaxProperties && members.Select(m => m.Name).Distinct().Count() == members.Count
            ? members
            : throw (members.Count > MaxProperties ? TooLarge("properties", pointer) : Malformed("properties", pointer));
    }

    static List<string> Required(JsonElement schema, string pointer)
    {
        if (!schema.TryGetProperty("required", out var names))
        {
            return [];
        }

        if (names.ValueKind != JsonValueKind.Array)
        {
            throw Malformed("required", pointer);
        }

        return names.GetArrayLength() > MaxProperties
            ? throw TooLarge("required", pointer)
            : [.. names.EnumerateArray().Select(n => n.ValueKind == JsonValueKind.String ? Bounded(n.GetString()!, "required", pointer) : throw Malformed("required", pointer)).Distinct()];
    }

    static string Bounded(string name, string keyword, string pointer) =>
        name.Length <= MaxNameLength ? name : throw TooLarge(keyword, pointer);

    static JsonSchemaException TooLarge(string keyword, string pointer) => new(InferenceCodes.SchemaTooLarge, keyword, pointer);

    static JsonSchemaException Malformed(string keyword, string pointer) => new(InferenceCodes.SchemaMalformed, keyword, pointer);

    /// <summary>A pair with a name that is not declared, or null where there may be none.</summary>
    string? Extra(JsonElement schema, List<(string Name, string Pair, bool Required)> members, string pointer, int depth)
    {
        if (!schema.TryGetProperty("additionalProperties", out var additional))
        {
            // Absent means that others are allowed, not that they are wanted: {} alone is any object.
            return members.Count == 0 ? rules.Add($"{json.Text} {json.Colon} {json.Value}") : null;
        }

        return AdditionalValue(additional, pointer, depth) is { } value
            ? rules.Add($"\"\\\"\" {NotAnyOf([.. members.Select(m => m.Name)], pointer)} \"\\\"\" {json.Colon} {value}")
            : null;
    }

    string? AdditionalValue(JsonElement additional, string pointer, int depth) =>
        additional.ValueKind == JsonValueKind.False ? null : visit(additional, pointer + "/additionalProperties", depth + 1);

    string Pair(string name, string value) =>
        $"{GrammarRules.Literal($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(name)}\"")} {json.Colon} {value}";

    /// <summary>Strings of unescaped characters that are none of the names: a rule for each prefix of a name.</summary>
    string NotAnyOf(IReadOnlyCollection<string> names, string pointer)
    {
        if (names.Count == 0)
        {
            return rules.Add($"{json.RawCharacter}*");
        }

        // A name that needs an escape cannot be written without one, so it needs no exclusion.
        var plain = names.Where(n => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(n) == n).Select(n => n.EnumerateRunes().ToArray()).ToList();
        return Differing(plain, 0, pointer);
    }

    string Differing(List<Rune[]> names, int at, string pointer)
    {
        rules.Spend(names.Count);
        if (rules.IsTooLarge)
        {
            throw TooLarge("additionalProperties", pointer);
        }

        var alternatives = new List<string>();
        var branches = names.Where(n => n.Length > at).GroupBy(n => n[at]).ToList();
        foreach (var branch in branches)
        {
            alternatives.Add($"{GrammarRules.Literal(branch.Key.ToString())} {Differing([.. branch], at + 1, pointer)}");
        }

        var others = string.Concat(branches.Select(b => GrammarRules.ClassCharacter(b.Key)));
        alternatives.Add($"""[^"\\\x7F\x00-\x1F{others}] {json.RawCharacter}*""");
        if (names.TrueForAll(n => n.Length > at))
        {
            alternatives.Add("\"\"");
        }

        return rules.Add(string.Join(" | ", alternatives));
    }
}
