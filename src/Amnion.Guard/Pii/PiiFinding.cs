namespace Amnion.Guard.Pii;

/// <summary>A piece of personal data found in a text. It says where, never what.</summary>
/// <param name="Type">What kind.</param>
/// <param name="Span">Where, in UTF-16 code units of the text as it came.</param>
/// <param name="Score">How sure, from 0 to 1.</param>
/// <param name="Checked">Whether check digits or another arithmetic test hold.</param>
public readonly record struct PiiFinding(PiiType Type, TextSpan Span, double Score, bool Checked)
{
    /// <summary>The same as the guard's common finding.</summary>
    public GuardFinding ToGuardFinding() => new(Type.Code, Type.Rule, Span, Score);
}
