using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Guard.Pii;
using Amnion.Guard.Redaction;
using Amnion.Records;

namespace Amnion.Guard.Packs;

/// <summary>What becomes of personal data before the engine sees a text.</summary>
public sealed record PersonalDataRules
{
    /// <summary>Most types with an operator of their own.</summary>
    public const int MaxOperators = 128;

    static readonly ImmutableSortedDictionary<string, RedactionOperator> s_operators = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            KeyValuePair.Create<string, RedactionOperator>("keep", new RedactionOperator.Keep()),
            KeyValuePair.Create<string, RedactionOperator>("remove", new RedactionOperator.Remove()),
            KeyValuePair.Create<string, RedactionOperator>("mask", new RedactionOperator.Mask(4)),
            KeyValuePair.Create<string, RedactionOperator>("restore", new RedactionOperator.Surrogate()),
            KeyValuePair.Create<string, RedactionOperator>("generalise", new RedactionOperator.Generalise()),
        ]);

    /// <summary>The operator of types without one of their own: "keep" (only counted), "remove", "mask" (the last four stay), "restore" (a surrogate for the engine, the value again in the answer) or "generalise".</summary>
    public string Operator { get; init; } = "restore";

    /// <summary>Operators by type.</summary>
    public ImmutableSortedDictionary<string, string> Operators { get; init; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>As the redactor takes it.</summary>
    public RedactionPolicy ToRedactionPolicy() => new()
    {
        Default = s_operators[Operator],
        Operators = Operators.ToImmutableDictionary(pair => pair.Key, pair => s_operators[pair.Value], StringComparer.Ordinal),
    };

    internal static PersonalDataRules Read(JsonObjectReader reader)
    {
        var operators = reader.Object("types");
        var rules = new PersonalDataRules
        {
            Operator = ReadOperator(reader, "operator"),
            Operators = operators.Names(MaxOperators).ToImmutableSortedDictionary(name => name, name => ReadOperator(operators, name), StringComparer.Ordinal),
        };
        operators.End();
        reader.End();
        var known = PiiTypes.All.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        return rules.Operators.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown ? throw operators.Refuse(unknown, "is no type of personal data") : rules;
    }

    static string ReadOperator(JsonObjectReader reader, string member)
    {
        var text = reader.Text(member, 16);
        return s_operators.ContainsKey(text) ? text : throw reader.Refuse(member, $"must be one of {string.Join(", ", s_operators.Keys)}");
    }

    internal void Write(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("operator", Operator);
        json.WriteStartObject("types");
        foreach (var (type, chosen) in Operators)
        {
            json.WriteString(type, chosen);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
