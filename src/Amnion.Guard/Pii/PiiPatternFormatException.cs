namespace Amnion.Guard.Pii;

/// <summary>A tenant's recogniser was refused (AMN-GUARD-0222). The message names the field and the place, and quotes nothing.</summary>
public sealed class PiiPatternFormatException : FormatException
{
    /// <param name="field">The recogniser's field, for example "patterns[2]".</param>
    /// <param name="offset">The code unit in the field.</param>
    /// <param name="problem">What was expected.</param>
    public PiiPatternFormatException(string field, int offset, string problem)
        : base($"{PiiCodes.MalformedRecogniser}: recogniser field '{field}' {problem} (offset {offset}).")
    {
        Field = field;
        Offset = offset;
    }

    /// <summary>The field.</summary>
    public string Field { get; }

    /// <summary>The code unit in the field.</summary>
    public int Offset { get; }
}
