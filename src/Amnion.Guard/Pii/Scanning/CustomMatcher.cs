using System.Collections.Immutable;
using Amnion.Guard.Pii.Validators;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>A tenant's recogniser, ready to run.</summary>
sealed class CustomMatcher(int type, ImmutableArray<CustomPattern> patterns, IdentifierCheck? check, float lone, float inContext)
{
    /// <summary>Tries the patterns at a word's beginning; a match must end where a word ends.</summary>
    public void Recognise(in Scan scan, int token)
    {
        var start = scan.Tokens[token].Start;
        Span<char> compact = stackalloc char[CustomPattern.MaxPlaces];
        foreach (var pattern in patterns)
        {
            var length = pattern.Match(scan.Text[start..]);
            if (length == 0 || (char.IsLetterOrDigit(scan.Text[start + length - 1]) && char.IsLetterOrDigit(scan.At(start + length))))
            {
                continue;
            }

            var last = token;
            while (last + 1 < scan.Tokens.Length && scan.Tokens[last + 1].Start < start + length)
            {
                last++;
            }

            var written = 0;
            foreach (var c in scan.Text.Slice(start, length))
            {
                if (char.IsAsciiLetterOrDigit(c))
                {
                    compact[written++] = char.ToUpperInvariant(c);
                }
            }

            if (check?.Invoke(compact[..written]) ?? true)
            {
                scan.Propose(type, token, last, new TextSpan(start, length), lone, inContext, check is not null);
            }
        }
    }
}
