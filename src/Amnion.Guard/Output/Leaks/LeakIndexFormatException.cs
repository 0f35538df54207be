namespace Amnion.Guard.Output.Leaks;

/// <summary>A leak index does not parse (<see cref="OutputCodes.IndexFormat"/>).</summary>
/// <param name="field">The field of docs/specs/guard-output.md.</param>
/// <param name="offset">Its offset in bytes.</param>
/// <param name="expected">What was expected.</param>
public sealed class LeakIndexFormatException(string field, long offset, string expected)
    : FormatException($"{OutputCodes.IndexFormat}: leak index, {field} at byte {offset}: {expected}.")
{
    /// <summary>The field that does not parse.</summary>
    public string Field { get; } = field;

    /// <summary>Its offset in bytes.</summary>
    public long Offset { get; } = offset;
}
