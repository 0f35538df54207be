using System.Collections.Immutable;

namespace Amnion.Guard.Redaction;

/// <summary>What a redactor made of a text.</summary>
/// <param name="Text">The text for the engine.</param>
/// <param name="Findings">What was found, in places of the text as it came; repetitions of a value found elsewhere and foreign surrogates (AMN-GUARD-0220) are among them.</param>
public sealed record RedactedText(string Text, ImmutableArray<GuardFinding> Findings)
{
    /// <summary>The type's name: a prompt reaches no log by itself, redacted or not.</summary>
    public override string ToString() => nameof(RedactedText);
}
