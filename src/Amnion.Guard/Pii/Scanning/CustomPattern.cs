using System.Collections.Immutable;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>A pattern of a tenant's: a sequence of character classes, each needed or not, at most 64. Matching keeps the set of reached places in one 128-bit word, so a character costs a few steps whatever the pattern.</summary>
sealed class CustomPattern
{
    /// <summary>The most characters a pattern may match, and the longest pattern as written.</summary>
    public const int MaxPlaces = 64, MaxWritten = 256;

    readonly ImmutableArray<UInt128> _classes;

    // Bit i: from place i the next can be reached without a character.
    readonly ulong _optional;

    CustomPattern(ImmutableArray<UInt128> classes, ulong optional)
    {
        _classes = classes;
        _optional = optional;
    }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="PiiPatternFormatException">It is malformed, empty, can match nothing, or is too long.</exception>
    public static CustomPattern Parse(string pattern, string field)
    {
        if (pattern is null || pattern.Length is 0 or > MaxWritten)
        {
            throw new PiiPatternFormatException(field, 0, $"must be 1 to {MaxWritten} characters");
        }

        var classes = ImmutableArray.CreateBuilder<UInt128>();
        var optional = 0UL;
        var reader = new CustomPatternReader(pattern, field);
        while (reader.TryRead(out var allowed, out var least, out var most))
        {
            if (classes.Count + most > MaxPlaces)
            {
                throw new PiiPatternFormatException(field, reader.Offset, $"matches more than {MaxPlaces} characters");
            }

            for (var i = 0; i < most; i++)
            {
                optional |= i >= least ? 1UL << classes.Count : 0;
                classes.Add(allowed);
            }
        }

        return optional == (classes.Count == 64 ? ulong.MaxValue : (1UL << classes.Count) - 1) ? throw new PiiPatternFormatException(field, 0, "can match nothing at all") : new CustomPattern(classes.DrainToImmutable(), optional);
    }

    /// <summary>The length of the longest match at a place, 0 for none.</summary>
    public int Match(ReadOnlySpan<char> text)
    {
        var reached = Skip(1, 0);
        var longest = 0;
        for (var i = 0; i < text.Length && i < _classes.Length && text[i] < 128; i++)
        {
            UInt128 next = 0;
            var bit = UInt128.One << text[i];
            for (var place = 0; place < _classes.Length; place++)
            {
                next |= (reached >> place & 1) != 0 && (_classes[place] & bit) != 0 ? UInt128.One << (place + 1) : 0;
            }

            if (next == 0)
            {
                break;
            }

            reached = Skip(next, 0);
            longest = (reached >> _classes.Length & 1) != 0 ? i + 1 : longest;
        }

        return longest;
    }

    /// <summary>Adds the places that can be reached without a character.</summary>
    UInt128 Skip(UInt128 reached, int from)
    {
        for (var place = from; place < _classes.Length; place++)
        {
            reached |= (reached >> place & 1) != 0 && (_optional >> place & 1) != 0 ? UInt128.One << (place + 1) : 0;
        }

        return reached;
    }
}
