using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Amnion.Guard.Tokens;

namespace Amnion.Guard.Fields;

/// <summary>
/// A JSON pointer (RFC 6901) where a segment "*" stands for every element of an array. A "*" never stands for the members of an object, nor for a member of that name.
/// </summary>
public sealed class FieldPointer : IEquatable<FieldPointer>
{
    const string Any = "*";

    // A place is a name that keys are derived from, with an index of at most six digits where the pointer has a "*".
    const int MaxBytes = TenantKey.MaxNameLength - (6 * FieldLimits.MaxDepth);

    FieldPointer(string text, ImmutableArray<string> segments)
    {
        Text = text;
        Segments = segments;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The segments, unescaped.</summary>
    internal ImmutableArray<string> Segments { get; }

    /// <summary>Reads a pointer; the empty one names the whole document.</summary>
    /// <exception cref="FieldFormatException">Not a pointer, or beyond <see cref="FieldLimits"/>.</exception>
    public static FieldPointer Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > FieldLimits.MaxPointerLength)
        {
            throw Refuse($"is {text.Length} characters; at most {FieldLimits.MaxPointerLength} are accepted");
        }

        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            throw Refuse($"is longer than {MaxBytes} bytes of UTF-8");
        }

        if (text.Length == 0)
        {
            return new FieldPointer(text, []);
        }

        if (text[0] != '/')
        {
            throw Refuse("begins with another character than '/' (RFC 6901 §3)");
        }

        var segments = text[1..].Split('/');
        if (segments.Length > FieldLimits.MaxDepth)
        {
            throw Refuse($"has {segments.Length} segments; at most {FieldLimits.MaxDepth} are accepted");
        }

        return new FieldPointer(text, [.. segments.Select(Unescape)]);
    }

    /// <summary>The pointer's text for a member or an element below <paramref name="parent"/>.</summary>
    internal static string Append(string parent, string name) =>
        parent + "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>True where some place is named by both, as far as the shorter of the two goes.</summary>
    internal bool Meets(FieldPointer other) => Segments.Zip(other.Segments).All(pair => Matches(pair.First, pair.Second));

    /// <summary>True for the element with this index.</summary>
    internal static bool MatchesElement(string segment, int index) => segment == Any || segment == index.ToString(CultureInfo.InvariantCulture);

    /// <summary>True for the member with this name.</summary>
    internal static bool MatchesMember(string segment, string name) => segment != Any && segment == name;

    /// <inheritdoc/>
    public bool Equals(FieldPointer? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldPointer);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    static bool Matches(string one, string other) => one == other || (one == Any && IsIndex(other)) || (other == Any && IsIndex(one));

    // RFC 6901 §4: no leading zeros.
    static bool IsIndex(string segment) => segment.Length is > 0 and <= 10 && segment.All(char.IsAsciiDigit) && (segment.Length == 1 || segment[0] != '0');

    static string Unescape(string segment)
    {
        for (var at = segment.IndexOf('~', StringComparison.Ordinal); at >= 0; at = segment.IndexOf('~', at + 1))
        {
            if (at + 1 == segment.Length || segment[at + 1] is not ('0' or '1'))
            {
                throw Refuse("has a '~' that neither 0 nor 1 follows (RFC 6901 §3)");
            }
        }

        return segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }

    static FieldFormatException Refuse(string problem) => new(FieldCodes.MalformedPolicy, "pointer", problem);
}
