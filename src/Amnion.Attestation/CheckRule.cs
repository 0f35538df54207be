namespace Amnion.Attestation;

/// <summary>The fixed part of a check: code, plain words and origin.</summary>
readonly record struct CheckRule(string Code, string Name, string Source);
