using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Guard.Signatures;
using Amnion.Records;

namespace Amnion.Guard.Packs;

/// <summary>What tools bring, and what they may be called with once they have brought something.</summary>
public sealed record ToolRules
{
    /// <summary>Most tools with a rule of their own.</summary>
    public const int MaxTools = 256;

    /// <summary>Most phrases, and most free arguments, of one tool.</summary>
    public const int MaxWords = 64;

    static readonly ImmutableSortedDictionary<string, SpotlightMode?> s_modes = ImmutableSortedDictionary.CreateRange<string, SpotlightMode?>(
        StringComparer.Ordinal, [new("none", null), new("delimit", SpotlightMode.Delimit), new("mark", SpotlightMode.Mark), new("encode", SpotlightMode.Encode)]);

    static readonly ImmutableSortedDictionary<string, ToolTrust?> s_trust = ImmutableSortedDictionary.CreateRange<string, ToolTrust?>(
        StringComparer.Ordinal, [new("refuse", null), new("always", ToolTrust.Always), new("user", ToolTrust.UserArguments), new("never-after-untrusted", ToolTrust.NeverAfterUntrusted)]);

    /// <summary>How documents and tool results are set apart for the engine; null leaves them as they are.</summary>
    public SpotlightMode? Spotlight { get; init; } = SpotlightMode.Delimit;

    /// <summary>What is done about a call that a document or a tool result may have brought about, or whose arguments are a hit in an answer: allow, flag or block.</summary>
    public GuardAction Calls { get; init; } = GuardAction.Block;

    /// <summary>When a tool without a rule of its own may be called; null never.</summary>
    public ToolTrust? Otherwise { get; init; } = ToolTrust.UserArguments;

    /// <summary>Rules by the tool's name.</summary>
    public ImmutableSortedDictionary<string, ToolRule> Rules { get; init; } = ImmutableSortedDictionary<string, ToolRule>.Empty.WithComparers(StringComparer.Ordinal);

    internal static ToolRules Read(JsonObjectReader reader)
    {
        var tools = reader.Objects("rules", MaxTools, item =>
        {
            var rule = (Name: item.Text("tool", 128), Rule: new ToolRule { Trust = Chosen(item, "trust", s_trust) ?? throw item.Refuse("trust", "a tool that is always refused needs no rule: leave it out and let \"otherwise\" be \"refuse\""), AskedBy = item.Texts("asked_by", MaxWords), FreeArguments = item.Texts("free_arguments", MaxWords) });
            item.End();
            return rule;
        });
        if (tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal).Count() != tools.Length)
        {
            throw reader.Refuse("rules", "names a tool twice");
        }

        var rules = new ToolRules
        {
            Spotlight = Chosen(reader, "spotlight", s_modes),
            Calls = PolicyNames.Action(reader, "calls", GuardAction.Allow, GuardAction.Flag, GuardAction.Block),
            Otherwise = Chosen(reader, "otherwise", s_trust),
            Rules = tools.ToImmutableSortedDictionary(tool => tool.Name, tool => tool.Rule, StringComparer.Ordinal),
        };
        reader.End();
        return rules;
    }

    internal void Write(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("spotlight", s_modes.First(mode => mode.Value == Spotlight).Key);
        json.WriteString("calls", PolicyNames.Of(Calls));
        json.WriteString("otherwise", s_trust.First(trust => trust.Value == Otherwise).Key);
        json.WriteStartArray("rules");
        foreach (var (tool, rule) in Rules)
        {
            json.WriteStartObject();
            json.WriteString("tool", tool);
            json.WriteString("trust", s_trust.First(trust => trust.Value == rule.Trust).Key);
            WriteTexts(json, "asked_by", rule.AskedBy);
            WriteTexts(json, "free_arguments", rule.FreeArguments);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    static T? Chosen<T>(JsonObjectReader reader, string member, ImmutableSortedDictionary<string, T?> among)
        where T : struct =>
        among.TryGetValue(reader.Text(member, 32), out var chosen) ? chosen : throw reader.Refuse(member, $"must be one of {string.Join(", ", among.Keys)}");
}
