using System.Collections.Immutable;

namespace Amnion.Guard.Output;

/// <summary>What is done about each kind of hit in an answer.</summary>
public sealed record AnswerPolicy
{
    /// <summary>Blocks leaks that a placeholder would only invite to retry (canary, weights, model files) and redacts the rest.</summary>
    public static AnswerPolicy Default { get; } = new();

    /// <summary>The action for codes that <see cref="Actions"/> does not name.</summary>
    public GuardAction Otherwise { get; init; } = GuardAction.Redact;

    /// <summary>Actions by code.</summary>
    public ImmutableDictionary<string, GuardAction> Actions { get; init; } = ImmutableDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            KeyValuePair.Create(OutputCodes.Canary, GuardAction.Block),
            KeyValuePair.Create(OutputCodes.WeightSlice, GuardAction.Block),
            KeyValuePair.Create(OutputCodes.ModelFile, GuardAction.Block),
            KeyValuePair.Create(OutputCodes.TooLong, GuardAction.Block),
        ]);

    /// <summary>The action for a code.</summary>
    public GuardAction ActionFor(string code) => Actions.TryGetValue(code, out var action) ? action : Otherwise;

    /// <summary>What stands in place of a redacted hit. It holds nothing of the hit, not even its length.</summary>
    public static string PlaceholderFor(string code) => $"[removed: {OutputCodes.LabelOf(code)}]";
}
