namespace Amnion.Guard.Output.Secrets;

/// <summary>A key format: a prefix that says what it is, then a body.</summary>
/// <param name="Id">The rule: issuer and kind.</param>
/// <param name="Prefix">How it begins, case-sensitive.</param>
/// <param name="Body">The characters of the body.</param>
/// <param name="Shortest">The body's least length.</param>
/// <param name="Longest">The body's greatest length; 0 where it has none. A longer run of body characters is something else.</param>
/// <param name="Entropy">The least entropy of the body, in bits per character.</param>
/// <param name="IsInside">Whether the prefix may stand inside a word.</param>
sealed record SecretRule(string Id, string Prefix, CharacterSet Body, int Shortest, int Longest, double Entropy, bool IsInside);
