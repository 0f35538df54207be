using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>Makes tokens of values: the seam to deterministic and format-preserving encryption.</summary>
public interface IValueTokens
{
    /// <summary>The token's text, or null where the value's domain is too small or its form unsuitable; the value is then removed.</summary>
    /// <param name="type">The kind of the value.</param>
    /// <param name="value">The value as it stands in the text.</param>
    string? Token(PiiType type, ReadOnlySpan<char> value);
}
