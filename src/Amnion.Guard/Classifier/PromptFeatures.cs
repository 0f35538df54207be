using System.Globalization;

namespace Amnion.Guard.Classifier;

/// <summary>
/// What the injection heads see of a text: single words, pairs and triples of words, and runs of three to five characters inside what stands between two spaces (padded by one space at each end).
/// Letters are lower case, digits are all '0', an ideograph is a word of its own. Linear in the text's length, without allocation.
/// </summary>
static class PromptFeatures
{
    // Longer words are cut, so that a text without spaces still moves the window on.
    const int MaxWord = 24;
    const int MaxPiecesPerUnit = 32;

    public static void Extract<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        var words = default(WordState);
        var pieces = default(PieceState);
        for (var i = 0; i < text.Length; i++)
        {
            var (kind, folded) = Fold(text[i]);
            if (kind != CharacterKind.Letter && words.Length > 0)
            {
                words.End(ref sink);
                Close(ref sink, ref pieces, i);
            }

            if (kind == CharacterKind.Space)
            {
                pieces.End(ref sink);
                continue;
            }

            pieces.Add(ref sink, folded);
            if (kind == CharacterKind.Punctuation)
            {
                if (pieces.SinceClose >= MaxPiecesPerUnit)
                {
                    Close(ref sink, ref pieces, i + 1);
                }

                continue;
            }

            words.Add(folded);
            if (kind == CharacterKind.Ideograph || words.Length >= MaxWord)
            {
                words.End(ref sink);
                Close(ref sink, ref pieces, i + 1);
            }
        }

        if (words.Length > 0)
        {
            words.End(ref sink);
        }

        pieces.End(ref sink);
        sink.Close(text.Length);
    }

    static void Close<TSink>(ref TSink sink, ref PieceState pieces, int offset)
        where TSink : IFeatureSink, allows ref struct
    {
        sink.Close(offset);
        pieces.SinceClose = 0;
    }

    static (CharacterKind Kind, uint Folded) Fold(char c)
    {
        if (c < 0x80)
        {
            return c switch
            {
                >= 'a' and <= 'z' => (CharacterKind.Letter, c),
                >= 'A' and <= 'Z' => (CharacterKind.Letter, c | 0x20u),
                >= '0' and <= '9' => (CharacterKind.Letter, '0'),
                <= ' ' => (CharacterKind.Space, ' '),
                _ => (CharacterKind.Punctuation, c),
            };
        }

        if (c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF'))
        {
            return (CharacterKind.Ideograph, c);
        }

        return char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.DecimalDigitNumber => (CharacterKind.Letter, '0'),
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => (CharacterKind.Letter, char.ToLowerInvariant(c)),
            UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => (CharacterKind.Letter, c),
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control => (CharacterKind.Space, ' '),
            _ => (CharacterKind.Punctuation, c),
        };
    }

    struct WordState
    {
        uint _hash;
        uint _previous;
        uint _beforePrevious;

        public int Length { get; private set; }

        public void Add(uint folded)
        {
            _hash = FeatureHash.Mix(Length == 0 ? FeatureHash.Seed : _hash, folded);
            Length++;
        }

        public void End<TSink>(ref TSink sink)
            where TSink : IFeatureSink, allows ref struct
        {
            sink.Word(FeatureHash.Finish(_hash));
            if (_previous != 0)
            {
                var pair = FeatureHash.Mix(_previous, _hash);
                sink.Word(FeatureHash.Finish(pair));
                if (_beforePrevious != 0)
                {
                    sink.Word(FeatureHash.Finish(FeatureHash.Mix(_beforePrevious ^ 0x5BD1E995, pair)));
                }
            }

            (_beforePrevious, _previous, Length) = (_previous, _hash, 0);
        }
    }

    struct PieceState
    {
        uint _1;
        uint _2;
        uint _3;
        uint _4;
        int _seen;

        public int SinceClose { get; set; }

        public void Add<TSink>(ref TSink sink, uint folded)
            where TSink : IFeatureSink, allows ref struct
        {
            if (_seen == 0)
            {
                (_1, _seen) = (' ', 1);
            }

            if (_seen >= 2)
            {
                var hash = FeatureHash.Mix(FeatureHash.Mix(FeatureHash.Mix(FeatureHash.Seed, folded), _1), _2);
                sink.Piece(FeatureHash.Finish(hash));
                if (_seen >= 3)
                {
                    hash = FeatureHash.Mix(hash, _3);
                    sink.Piece(FeatureHash.Finish(hash));
                    if (_seen >= 4)
                    {
                        sink.Piece(FeatureHash.Finish(FeatureHash.Mix(hash, _4)));
                    }
                }
            }

            (_4, _3, _2, _1) = (_3, _2, _1, folded);
            _seen = Math.Min(_seen + 1, 4);
            SinceClose++;
        }

        public void End<TSink>(ref TSink sink)
            where TSink : IFeatureSink, allows ref struct
        {
            if (_seen > 0)
            {
                Add(ref sink, ' ');
                _seen = 0;
            }
        }
    }
}
