namespace Amnion.Records;

/// <summary>How often the guard found something in one exchange and what it did about it. Never what, never where.</summary>
/// <param name="Code">An AMN-GUARD code.</param>
/// <param name="Action">"flag", "redact" or "block"; in a dry run what would have been done.</param>
/// <param name="Count">How often.</param>
public sealed record ReceiptVerdict(string Code, string Action, int Count);
