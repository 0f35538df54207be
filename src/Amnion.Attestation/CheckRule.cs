namespace Amnion.Attestation;

/// <summary>The fixed part of a check: code, plain words, origin, and whether it asks for authenticity or for the policy.</summary>
readonly record struct CheckRule(string Code, string Name, string Source, CheckKind Kind = CheckKind.Authenticity);
