namespace Amnion.Guard.Output.Budgets;

/// <summary>A lease record does not parse (<see cref="OutputCodes.LeaseFormat"/>).</summary>
/// <param name="field">The field.</param>
/// <param name="expected">What was expected.</param>
public sealed class QueryLeaseFormatException(string field, string expected) : FormatException($"{OutputCodes.LeaseFormat}: query lease, {field}: expected {expected}.")
{
    /// <summary>The field that does not parse.</summary>
    public string Field { get; } = field;
}
