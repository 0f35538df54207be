using System.Buffers;
using System.Text;

namespace Amnion.Guard.Text;

/// <summary>Reads a text in every way an attacker may hope that only the model does. Linear in time and memory: see docs/specs/guard-inject.md for the constants.</summary>
public static class TextNormalizer
{
    // The control characters besides tab, line feed and carriage return; nothing but ASCII outside this set takes the short way.
    static readonly SearchValues<char> s_ordinary = SearchValues.Create([.. Enumerable.Range(0, 0x7F).Select(i => (char)i).Where(c => c is >= ' ' or '\t' or '\n' or '\r')]);

    /// <summary>Normalises and decodes.</summary>
    /// <param name="text">Any text, lone surrogates included.</param>
    /// <param name="limits">How much to do at most; null means <see cref="TextLimits.Default"/>.</param>
    public static NormalizedText Normalize(string text, TextLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        limits ??= TextLimits.Default;
        if (!text.AsSpan().ContainsAnyExcept(s_ordinary))
        {
            return new ViewCollector(text, limits).Collect(new MappedText(text, null), new HiddenCharacters(), []);
        }

        var hidden = HiddenScan.Read(text);
        return new ViewCollector(text, limits).Collect(Case(new MappedText(text, null)), hidden.Characters, hidden.Messages);
    }

    /// <summary>The folded reading of a text alone, without views: how signatures and lexicons are folded when they are loaded.</summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Fold(new MappedText(text, null)).Text;
    }

    /// <summary>Folds for matching.</summary>
    internal static MappedText Fold(MappedText text) => text.Text.AsSpan().ContainsAnyExcept(s_ordinary) ? Map(text, FoldTable.Fold, true) : text.WithText(Lower(text.Text));

    /// <summary>Takes out what is invisible and reads compatibility forms as ASCII, keeping the case: what decoders work on.</summary>
    internal static MappedText Case(MappedText text) => text.Text.AsSpan().ContainsAnyExcept(s_ordinary) ? Map(text, FoldTable.Case, false) : text;

    static string Lower(string text) => string.Create(text.Length, text, static (to, from) => Ascii.ToLower(from, to, out _));

    static MappedText Map(MappedText from, Action<int, TextSpan, MappedBuilder> read, bool lower)
    {
        // The table gives at most four characters for one, so the plain view is never cut.
        var text = from.Text;
        var to = new MappedBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            int c = text[i];
            var source = from.At(i);
            if (c < 0x80)
            {
                if (c is >= ' ' and < 0x7F or '\t' or '\n' or '\r')
                {
                    to.Append(lower && c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : (char)c, source);
                }

                continue;
            }

            if (char.IsHighSurrogate((char)c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                c = char.ConvertToUtf32((char)c, text[++i]);
                source = from.ToSource(new TextSpan(i - 1, 2));
            }
            else if (char.IsSurrogate((char)c))
            {
                continue;
            }

            if (!CodePoints.IsDropped(c))
            {
                read(c, source, to);
            }
        }

        return to.Build();
    }
}
