using System.Collections;
using System.Security.Cryptography;
using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>Finds values again that were recognised elsewhere: a name with its title in one sentence stands without one in the next. Values are kept as hashes by length; a collision makes one replacement too many, which is restored like any other.</summary>
sealed class RepeatedValues
{
    /// <summary>Shorter values occur by chance; longer ones are not searched.</summary>
    public const int MinLength = 5, MaxLength = 256;

    /// <summary>Up to this length, and for letters alone, a value counts only where words begin and end.</summary>
    const int MaxBoundLength = 6;

    readonly ulong _base = (BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1) & ~2UL;
    readonly SortedDictionary<int, Dictionary<ulong, PiiType>> _byLength = new(Comparer<int>.Create((a, b) => b.CompareTo(a)));

    public void Add(PiiType type, ReadOnlySpan<char> value)
    {
        if (value.Length is < MinLength or > MaxLength)
        {
            return;
        }

        if (!_byLength.TryGetValue(value.Length, out var hashes))
        {
            _byLength[value.Length] = hashes = [];
        }

        hashes.TryAdd(Hash(value), type);
    }

    /// <summary>Adds what is found in the text outside of the pieces already taken; the longest values first. Linear in the text for each length of value.</summary>
    public void Find(ReadOnlySpan<char> text, List<Replacement> pieces)
    {
        var taken = new BitArray(text.Length);
        foreach (var piece in pieces)
        {
            for (var i = piece.Span.Start; i < piece.Span.End; i++)
            {
                taken[i] = true;
            }
        }

        foreach (var (length, hashes) in _byLength)
        {
            if (length > text.Length)
            {
                continue;
            }

            var power = 1UL;
            for (var i = 1; i < length; i++)
            {
                power *= _base;
            }

            var hash = Hash(text[..length]);
            for (var start = 0; ; start++)
            {
                if (hashes.TryGetValue(hash, out var type) && !taken[start] && !taken[start + length - 1] && IsFree(taken, start, length) && Stands(text, start, length))
                {
                    pieces.Add(new Replacement(type, new TextSpan(start, length), 1));
                    for (var i = start; i < start + length; i++)
                    {
                        taken[i] = true;
                    }
                }

                if (start + length >= text.Length)
                {
                    break;
                }

                hash = ((hash - (text[start] * power)) * _base) + text[start + length];
            }
        }
    }

    ulong Hash(ReadOnlySpan<char> value)
    {
        var hash = 0UL;
        foreach (var c in value)
        {
            hash = (hash * _base) + c;
        }

        return hash;
    }

    static bool IsFree(BitArray taken, int start, int length)
    {
        for (var i = start; i < start + length; i++)
        {
            if (taken[i])
            {
                return false;
            }
        }

        return true;
    }

    static bool Stands(ReadOnlySpan<char> text, int start, int length)
    {
        var bound = length <= MaxBoundLength;
        if (!bound)
        {
            bound = true;
            foreach (var c in text.Slice(start, length))
            {
                bound &= char.IsLetter(c) || c == ' ';
            }
        }

        return !bound || ((start == 0 || !char.IsLetterOrDigit(text[start - 1])) && (start + length == text.Length || !char.IsLetterOrDigit(text[start + length])));
    }
}
