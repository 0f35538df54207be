using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.Links;

/// <summary>What a link must not carry out: the conversation's own texts (system prompt, documents, the caller's words), as the grams of their folded symbols.</summary>
public sealed class LinkContextText
{
    /// <summary>The length of a gram, in symbols.</summary>
    internal const int Gram = 12;

    /// <summary>The most symbols that are kept, over all texts.</summary>
    public const int MostSymbols = 1 << 20;

    readonly HashSet<ulong> _grams = [];

    /// <summary>Nothing in particular.</summary>
    public static LinkContextText Empty { get; } = new([]);

    /// <summary>The texts of this conversation.</summary>
    public LinkContextText(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var text in texts)
        {
            var symbols = FoldedSymbol.Fold(text);
            AddGrams(symbols);
            Array.Reverse(symbols);
            AddGrams(symbols);
        }
    }

    /// <summary>Whether a piece of a URL repeats twelve symbols of a text.</summary>
    internal bool IsRepeatedBy(string piece)
    {
        if (_grams.Count == 0)
        {
            return false;
        }

        var symbols = FoldedSymbol.Fold(piece);
        for (var i = 0; i + Gram <= symbols.Length; i++)
        {
            if (_grams.Contains(HashOf(symbols.AsSpan(i, Gram))))
            {
                return true;
            }
        }

        return false;
    }

    static ulong HashOf(ReadOnlySpan<byte> symbols)
    {
        var hash = 0UL;
        foreach (var symbol in symbols)
        {
            hash = GramHash.Add(hash, symbol);
        }

        return GramHash.Finish(hash);
    }

    void AddGrams(byte[] symbols)
    {
        for (var i = 0; i + Gram <= symbols.Length && _grams.Count < MostSymbols; i++)
        {
            _grams.Add(HashOf(symbols.AsSpan(i, Gram)));
        }
    }
}
