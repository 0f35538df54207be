namespace Amnion.Guard.Pii.Validators;

/// <summary>Whether an identifier's arithmetic and structure hold.</summary>
/// <param name="value">Capital ASCII letters and digits without separators, of a length its format allows.</param>
delegate bool IdentifierCheck(ReadOnlySpan<char> value);
