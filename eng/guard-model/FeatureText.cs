using Amnion.Guard.Classifier;

namespace Amnion.GuardTraining;

/// <summary>A text's features, already reduced to table indexes, by block.</summary>
sealed class FeatureText
{
    FeatureText(int[] words, int[] pieces, int[] wordEnds, int[] pieceEnds)
    {
        (Words, Pieces, WordEnds, PieceEnds) = (words, pieces, wordEnds, pieceEnds);
    }

    public int[] Words { get; }

    public int[] Pieces { get; }

    /// <summary>For each block, the end of its words in <see cref="Words"/>.</summary>
    public int[] WordEnds { get; }

    public int[] PieceEnds { get; }

    public int Blocks => WordEnds.Length;

    public static FeatureText Of(string text, bool suffix, int wordBits, int pieceBits, int unitsPerBlock)
    {
        var sink = new Collector(wordBits, pieceBits, unitsPerBlock);
        if (suffix)
        {
            SuffixFeatures.Extract(text, ref sink);
        }
        else
        {
            PromptFeatures.Extract(text, ref sink);
        }

        return sink.ToText();
    }

    readonly struct Collector(int wordBits, int pieceBits, int unitsPerBlock) : IFeatureSink
    {
        readonly List<int> _words = [];
        readonly List<int> _pieces = [];
        readonly List<int> _wordEnds = [];
        readonly List<int> _pieceEnds = [];
        readonly int[] _units = new int[1];

        public void Word(uint hash) => _words.Add((int)(hash >> (32 - wordBits)));

        public void Piece(uint hash) => _pieces.Add((int)(hash >> (32 - pieceBits)));

        public void Close(int offset)
        {
            if (++_units[0] >= unitsPerBlock)
            {
                EndBlock();
            }
        }

        public FeatureText ToText()
        {
            if (_units[0] > 0 || _wordEnds.Count == 0)
            {
                EndBlock();
            }

            return new FeatureText([.. _words], [.. _pieces], [.. _wordEnds], [.. _pieceEnds]);
        }

        void EndBlock()
        {
            _wordEnds.Add(_words.Count);
            _pieceEnds.Add(_pieces.Count);
            _units[0] = 0;
        }
    }
}
