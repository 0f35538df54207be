namespace Amnion.Guard.Pipeline;

/// <summary>How often something was found and what was done about it: all that receipts and metrics learn.</summary>
/// <param name="Code">An AMN-GUARD code.</param>
/// <param name="Action">What was done; in a dry run, what would have been done.</param>
/// <param name="Count">How often.</param>
public sealed record GuardCount(string Code, GuardAction Action, int Count);
