using System.Globalization;

namespace Amnion.Guard.Classifier;

/// <summary>
/// What the suffix head sees of a text: runs of two to five characters across word boundaries, with their case, and runs of three to six shapes (a word in lower case, in upper case, a number, each sign).
/// An adversarial suffix found by search over tokens is pieces of words, code and signs that do not follow one another in any language. Linear in the text's length, without allocation.
/// </summary>
static class SuffixFeatures
{
    const int MaxUnit = 24;

    public static void Extract<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        uint c1 = 0, c2 = 0, c3 = 0, c4 = 0;
        var shapes = 0UL; // the last eight shapes, one byte each
        var sinceClose = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var (symbol, shape) = Classify(text[i]);
            if (symbol == ' ' && c1 == ' ')
            {
                continue; // one space is as good as many: indentation and tables
            }

            var hash = FeatureHash.Mix(FeatureHash.Mix(FeatureHash.Seed, symbol), c1);
            sink.Piece(FeatureHash.Finish(hash));
            hash = FeatureHash.Mix(hash, c2);
            sink.Piece(FeatureHash.Finish(hash));
            hash = FeatureHash.Mix(hash, c3);
            sink.Piece(FeatureHash.Finish(hash));
            sink.Piece(FeatureHash.Finish(FeatureHash.Mix(hash, c4)));
            (c4, c3, c2, c1) = (c3, c2, c1, symbol);
            if ((byte)shapes != shape)
            {
                shapes = (shapes << 8) | shape;
                AddShapes(shapes, ref sink);
            }

            sinceClose++;
            if (symbol == ' ' || sinceClose >= MaxUnit)
            {
                sink.Close(i + 1);
                sinceClose = 0;
            }
        }

        sink.Close(text.Length);
    }

    static void AddShapes<TSink>(ulong shapes, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        for (var length = 3; length <= 6; length++)
        {
            var run = shapes & ((1UL << (8 * length)) - 1);
            sink.Word(FeatureHash.Finish(FeatureHash.Mix(FeatureHash.Mix(FeatureHash.Seed ^ (uint)length, (uint)run), (uint)(run >> 32))));
        }
    }

    /// <summary>The symbol a character counts as, and its shape. Letters beyond ASCII are one symbol for each group of scripts: which of them it is says nothing here.</summary>
    static (uint Symbol, byte Shape) Classify(char c)
    {
        if (c < 0x80)
        {
            return c switch
            {
                >= 'a' and <= 'z' => (c, (byte)'a'),
                >= 'A' and <= 'Z' => (c, (byte)'A'),
                >= '0' and <= '9' => ('0', (byte)'0'),
                <= ' ' => (' ', (byte)' '),
                _ => (c, (byte)c),
            };
        }

        return char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => (Script(c), (byte)'A'),
            UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => (Script(c), (byte)(Script(c) == 0x80 ? 'a' : Script(c))),
            UnicodeCategory.DecimalDigitNumber => ('0', (byte)'0'),
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control => (' ', (byte)' '),
            UnicodeCategory.Surrogate => (0x88u, 0x88),
            _ => (0x87u, 0x87),
        };
    }

    static uint Script(char c) => c switch
    {
        < '\u0370' => 0x80, // Latin beyond ASCII
        < '\u0400' => 0x81, // Greek
        < '\u0530' => 0x82, // Cyrillic
        < '\u0780' => 0x83, // Armenian, Hebrew, Arabic
        < '\u1100' => 0x84, // Indic, Thai, Lao, Georgian
        < '\u3040' => 0x85,
        < '\uAC00' => 0x86, // kana, Chinese characters
        _ => 0x85,
    };
}
