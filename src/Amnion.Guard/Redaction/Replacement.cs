using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>A piece of a text that is to be replaced.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Span">Where.</param>
/// <param name="Score">How sure.</param>
readonly record struct Replacement(PiiType Type, TextSpan Span, double Score);
