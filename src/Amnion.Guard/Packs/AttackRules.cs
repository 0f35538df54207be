using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Guard.Classifier;
using Amnion.Records;

namespace Amnion.Guard.Packs;

/// <summary>What is done about injections and jailbreaks, by who wrote the text.</summary>
public sealed record AttackRules
{
    // A system prompt is the operator's own: it says "ignore" and "you are" all the time.
    static readonly ImmutableSortedDictionary<GuardChannel, GuardAction> s_actions = ImmutableSortedDictionary<GuardChannel, GuardAction>.Empty
        .Add(GuardChannel.System, GuardAction.Allow).Add(GuardChannel.User, GuardAction.Block).Add(GuardChannel.Document, GuardAction.Block).Add(GuardChannel.Tool, GuardAction.Block);

    /// <summary>The score from which on a finding counts, in hundredths, 50 to 100; 50 is the point that was calibrated on benign text.</summary>
    public int Score { get; init; } = 50;

    /// <summary>The action by channel: allow, flag or block.</summary>
    public ImmutableSortedDictionary<GuardChannel, GuardAction> Actions { get; init; } = s_actions;

    /// <summary>The action for what reads like an adversarial suffix (GCG), in every channel that is looked at. Off unless asked for: the model takes most program code for one (docs/specs/guard-classify.md).</summary>
    public GuardAction Suffix { get; init; } = GuardAction.Allow;

    /// <summary>What is done about a finding in a channel.</summary>
    internal GuardAction ActionFor(GuardChannel channel, string code) =>
        channel == GuardChannel.Answer || Actions[channel] == GuardAction.Allow ? GuardAction.Allow : code == ClassifierCodes.AdversarialSuffix ? Suffix : Actions[channel];

    internal static AttackRules Read(JsonObjectReader reader)
    {
        var rules = new AttackRules
        {
            Score = (int)reader.Integer("score", 50, 100),
            Suffix = PolicyNames.Action(reader, "suffix", GuardAction.Allow, GuardAction.Flag, GuardAction.Block),
            Actions = s_actions.Keys.ToImmutableSortedDictionary(channel => channel, channel => PolicyNames.Action(reader, PolicyNames.Of(channel), GuardAction.Allow, GuardAction.Flag, GuardAction.Block)),
        };
        reader.End();
        return rules;
    }

    internal void Write(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteNumber("score", Score);
        json.WriteString("suffix", PolicyNames.Of(Suffix));
        foreach (var (channel, action) in Actions)
        {
            json.WriteString(PolicyNames.Of(channel), PolicyNames.Of(action));
        }

        json.WriteEndObject();
    }
}
