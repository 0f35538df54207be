using System.Runtime.CompilerServices;

namespace Amnion.Guard.Classifier;

/// <summary>
/// Adds weights up block by block and keeps the best window. A window's margin is bias + (sum of word weights) / √(number of word features) + the same for characters: the product with a feature vector of length one, as in training.
/// Sums are of integers, so that the order of addition changes nothing.
/// </summary>
ref struct WindowScorer : IFeatureSink
{
    readonly ClassifierHead _head;
    readonly ReadOnlySpan<sbyte> _words;
    readonly ReadOnlySpan<sbyte> _pieces;
    readonly int _wordShift;
    readonly int _pieceShift;
    Ring _ring;
    BlockSum _block;
    BlockSum _short;
    BlockSum _long;
    int _units;
    int _blocks;

    public WindowScorer(ClassifierHead head)
    {
        _head = head;
        _words = head.Words.AsSpan();
        _pieces = head.Pieces.AsSpan();
        _wordShift = 32 - int.Log2(_words.Length);
        _pieceShift = 32 - int.Log2(_pieces.Length);
        BestMargin = double.NegativeInfinity;
    }

    public double BestMargin { get; private set; }

    public TextSpan BestWindow { get; private set; }

    public void Word(uint hash)
    {
        _block.WordSum += _words[(int)(hash >> _wordShift)];
        _block.WordCount++;
    }

    public void Piece(uint hash)
    {
        _block.PieceSum += _pieces[(int)(hash >> _pieceShift)];
        _block.PieceCount++;
    }

    public void Close(int offset)
    {
        if (++_units >= _head.Windows.UnitsPerBlock)
        {
            CloseBlock(offset);
        }
    }

    /// <summary>Ends the text: what is left over is a block too.</summary>
    public void End(int offset)
    {
        if (_units > 0 || _blocks == 0)
        {
            CloseBlock(offset);
        }
    }

    void CloseBlock(int offset)
    {
        var shape = _head.Windows;
        _short.Add(_block);
        _long.Add(_block);
        if (_blocks >= shape.ShortBlocks)
        {
            _short.Remove(_ring[(_blocks - shape.ShortBlocks) % WindowShape.MaxBlocks]);
        }

        if (_blocks >= shape.LongBlocks)
        {
            _long.Remove(_ring[(_blocks - shape.LongBlocks) % WindowShape.MaxBlocks]);
        }

        _ring[_blocks % WindowShape.MaxBlocks] = _block;
        _blocks++;
        Consider(_short, shape.ShortBias, shape.ShortBlocks, offset);
        Consider(_long, shape.LongBias, shape.LongBlocks, offset);
        (_units, _block) = (0, new BlockSum { Start = offset });
    }

    void Consider(in BlockSum window, double bias, int blocks, int end)
    {
        var margin = bias;
        if (window.WordCount > 0)
        {
            margin += _head.WordScale * window.WordSum / Math.Sqrt(window.WordCount);
        }

        if (window.PieceCount > 0)
        {
            margin += _head.PieceScale * window.PieceSum / Math.Sqrt(window.PieceCount);
        }

        if (margin > BestMargin)
        {
            var start = _ring[Math.Max(0, _blocks - blocks) % WindowShape.MaxBlocks].Start;
            (BestMargin, BestWindow) = (margin, new TextSpan(start, end - start));
        }
    }

    [InlineArray(WindowShape.MaxBlocks)]
    struct Ring
    {
        BlockSum _first;
    }
}
