using Amnion.Guard.Pii.Validators;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>An identifier of fixed form.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Formats">How it is written, alternatives separated by '|'. d: a digit; L: a capital letter; l: a letter; x: a letter or digit; ~: one space, '-', '.' or '/', the same in all its places; !: a '|'; anything else: itself.</param>
/// <param name="Check">Its arithmetic, null where it has none.</param>
/// <param name="Lone">Its score without context.</param>
/// <param name="InContext">Its score with a word nearby that speaks for it.</param>
/// <param name="Arithmetic">Whether the check is check digits, not mere structure.</param>
sealed record IdentifierRule(PiiType Type, string Formats, IdentifierCheck? Check, float Lone, float InContext, bool Arithmetic = true);
