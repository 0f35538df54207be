using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Guard.Output;
using Amnion.Guard.Output.Links;
using Amnion.Records;

namespace Amnion.Guard.Packs;

/// <summary>What is done about what the model says. Allow switches a check off.</summary>
public sealed record AnswerRules
{
    /// <summary>Most hosts that links may name.</summary>
    public const int MaxHosts = 256;

    static readonly GuardAction[] s_all = [GuardAction.Allow, GuardAction.Flag, GuardAction.Redact, GuardAction.Block];

    /// <summary>Keys, tokens and passwords.</summary>
    public GuardAction Secrets { get; init; } = GuardAction.Redact;

    /// <summary>Links that carry something out, and hosts that are not allowed.</summary>
    public GuardAction Links { get; init; } = GuardAction.Redact;

    /// <summary>Hosts that links may name.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Whether every other host is a hit, also where the link carries nothing.</summary>
    public bool OnlyHosts { get; init; }

    /// <summary>The system prompt's own words.</summary>
    public GuardAction SystemPrompt { get; init; } = GuardAction.Redact;

    /// <summary>Personal data that was not in the caller's own request.</summary>
    public GuardAction ForeignPersonalData { get; init; } = GuardAction.Flag;

    /// <summary>Files of weights.</summary>
    public GuardAction Weights { get; init; } = GuardAction.Block;

    /// <summary>What the link check takes.</summary>
    internal LinkPolicy LinkPolicy => new() { AllowedHosts = Hosts, OnlyAllowed = OnlyHosts };

    /// <summary>What the filter takes.</summary>
    internal AnswerPolicy ToAnswerPolicy(bool dryRun)
    {
        GuardAction As(GuardAction action) => dryRun && action > GuardAction.Flag ? GuardAction.Flag : action;
        return new AnswerPolicy
        {
            Otherwise = As(GuardAction.Redact),
            Actions = ImmutableDictionary.CreateRange(
                StringComparer.Ordinal,
                [
                    KeyValuePair.Create(OutputCodes.Secret, As(Secrets)),
                    KeyValuePair.Create(OutputCodes.Link, As(Links)),
                    KeyValuePair.Create(OutputCodes.Escape, As(Links)),
                    KeyValuePair.Create(OutputCodes.SystemPrompt, As(SystemPrompt)),
                    KeyValuePair.Create(OutputCodes.ForeignPersonalData, As(ForeignPersonalData)),
                    KeyValuePair.Create(OutputCodes.WeightSlice, As(Weights)),
                    KeyValuePair.Create(OutputCodes.ModelFile, As(Weights)),
                    KeyValuePair.Create(OutputCodes.Canary, As(GuardAction.Block)),

                    // Beyond its length nothing is looked at any more, in a dry run neither.
                    KeyValuePair.Create(OutputCodes.TooLong, GuardAction.Block),
                ]),
        };
    }

    internal static AnswerRules Read(JsonObjectReader reader)
    {
        var rules = new AnswerRules
        {
            Secrets = PolicyNames.Action(reader, "secrets", s_all),
            Links = PolicyNames.Action(reader, "links", s_all),
            Hosts = reader.Texts("hosts", MaxHosts),
            OnlyHosts = reader.Flag("only_hosts"),
            SystemPrompt = PolicyNames.Action(reader, "system_prompt", s_all),
            ForeignPersonalData = PolicyNames.Action(reader, "foreign_personal_data", s_all),
            Weights = PolicyNames.Action(reader, "weights", s_all),
        };
        reader.End();
        return rules;
    }

    internal void Write(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("secrets", PolicyNames.Of(Secrets));
        json.WriteString("links", PolicyNames.Of(Links));
        json.WriteStartArray("hosts");
        foreach (var host in Hosts)
        {
            json.WriteStringValue(host);
        }

        json.WriteEndArray();
        json.WriteBoolean("only_hosts", OnlyHosts);
        json.WriteString("system_prompt", PolicyNames.Of(SystemPrompt));
        json.WriteString("foreign_personal_data", PolicyNames.Of(ForeignPersonalData));
        json.WriteString("weights", PolicyNames.Of(Weights));
        json.WriteEndObject();
    }
}
