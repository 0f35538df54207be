namespace Amnion.Guard;

/// <summary>Something a check found. It says where, never what: it holds no text, so that it can be counted, logged and signed.</summary>
/// <param name="Code">What kind it is, an AMN-GUARD code: receipts and metrics carry it.</param>
/// <param name="Rule">The rule that found it, for example "pii.card" or "override.ignore-previous"; lower-case ASCII letters, digits, '.' and '-', at most 64 characters.</param>
/// <param name="Span">Where in the text as it came, before any normalisation.</param>
/// <param name="Score">How sure the check is, from 0 to 1.</param>
public readonly record struct GuardFinding(string Code, string Rule, TextSpan Span, double Score);
