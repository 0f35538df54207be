using System.Buffers.Binary;
using System.Numerics;

namespace Amnion.Guard.Output.Leaks;

/// <summary>Builds a <see cref="LeakIndex"/> from protected texts. The same texts in the same order give the same bytes.</summary>
public sealed class LeakIndexBuilder
{
    /// <summary>How many places one gram may have. Places whose surroundings are the same count once, so only a gram in more than this many different surroundings loses some.</summary>
    public const int MostPlaces = 64;

    readonly LeakIndexOptions _options;
    readonly List<byte> _text = [];

    /// <summary>A builder with the parameters for texts.</summary>
    public LeakIndexBuilder()
        : this(LeakIndexOptions.ForTexts)
    {
    }

    /// <summary>A builder with other parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are out of range.</exception>
    public LeakIndexBuilder(LeakIndexOptions options)
    {
        if (!options.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "k is 6 to 32, w is 1 to 64.");
        }

        _options = options;
    }

    /// <summary>How many characters were added.</summary>
    public long Characters { get; private set; }

    /// <summary>How many places were left out because a gram stood in more than <see cref="MostPlaces"/> different surroundings. Zero means that the guarantee holds for every run.</summary>
    public int Crowded { get; private set; }

    /// <summary>Adds a text. Runs are found within a text and across two that follow one another.</summary>
    /// <exception cref="InvalidOperationException">The index would hold more than <see cref="LeakIndex.MostSymbols"/>.</exception>
    public LeakIndexBuilder Add(ReadOnlySpan<char> text)
    {
        var symbols = FoldedSymbol.Fold(text);
        if ((long)_text.Count + symbols.Length > LeakIndex.MostSymbols)
        {
            throw new InvalidOperationException($"An index holds at most {LeakIndex.MostSymbols} symbols; use several.");
        }

        _text.AddRange(symbols);
        Characters += text.Length;
        return this;
    }

    /// <summary>Builds the index.</summary>
    public LeakIndex Build()
    {
        var text = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_text);
        var grams = Winnow(text, _options);
        Crowded = 0;
        grams.Sort();
        grams = Thin(grams, text);
        var bits = Math.Clamp(BitOperations.Log2((uint)Math.Max(1, grams.Count / 4)), 0, LeakIndex.MostDirectoryBits);
        var tags = LeakIndex.HeaderLength + (4 * ((1 << bits) + 1));
        var bytes = new byte[tags + (5L * grams.Count) + LeakIndex.TextBytes(text.Length)];
        LeakIndex.Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)_options.GramLength);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), (ushort)_options.Window);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)bits);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), (uint)text.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), (uint)grams.Count);
        var entry = 0;
        for (var bucket = 0; bucket <= 1 << bits; bucket++)
        {
            while (entry < grams.Count && bucket > 0 && (bits == 0 ? 0 : grams[entry].Hash >> (64 - bits)) < (ulong)bucket)
            {
                bytes[tags + entry] = (byte)grams[entry].Hash;
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(tags + grams.Count + (4 * entry)), (uint)grams[entry].Place);
                entry++;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(LeakIndex.HeaderLength + (4 * bucket)), (uint)entry);
        }

        Pack(text, bytes.AsSpan(tags + (5 * grams.Count)));
        return LeakIndex.Parse(bytes);
    }

    static List<(ulong Hash, int Place)> Winnow(ReadOnlySpan<byte> text, LeakIndexOptions options)
    {
        var chosen = new List<(ulong, int)>((text.Length / options.Window * 2) + 1);
        var power = GramHash.Power(options.GramLength);
        var queue = new LeastOfWindow(options.Window);
        var hash = 0UL;
        var last = -1;
        for (var i = 0; i < text.Length; i++)
        {
            hash = i < options.GramLength ? GramHash.Add(hash, text[i]) : GramHash.Roll(hash, text[i - options.GramLength], text[i], power);
            var place = i - options.GramLength + 1;
            if (place < 0)
            {
                continue;
            }

            var least = queue.Push(GramHash.Finish(hash), place);
            if ((place >= options.Window - 1 || i == text.Length - 1) && least.Place != last)
            {
                chosen.Add(least);
                last = least.Place;
            }
        }

        return chosen;
    }

    /// <summary>Drops places whose surroundings stand there already: any run of the guaranteed length around them is verified as well at the place that stays.</summary>
    List<(ulong Hash, int Place)> Thin(List<(ulong Hash, int Place)> grams, ReadOnlySpan<byte> text)
    {
        var kept = new List<(ulong Hash, int Place)>(grams.Count);
        var surroundings = new HashSet<ulong>();
        for (var first = 0; first < grams.Count;)
        {
            var last = first;
            surroundings.Clear();
            for (; last < grams.Count && grams[last].Hash == grams[first].Hash; last++)
            {
                var start = Math.Max(0, grams[last].Place - LeakLane.Threshold);
                var end = Math.Min(text.Length, grams[last].Place + _options.GramLength + LeakLane.Threshold);
                var hash = (ulong)(grams[last].Place - start);
                foreach (var symbol in text[start..end])
                {
                    hash = GramHash.Add(hash, symbol);
                }

                if (!surroundings.Contains(hash))
                {
                    if (surroundings.Count >= MostPlaces)
                    {
                        Crowded++;
                        continue;
                    }

                    surroundings.Add(hash);
                    kept.Add(grams[last]);
                }
            }

            first = last;
        }

        return kept;
    }

    static void Pack(ReadOnlySpan<byte> text, Span<byte> packed)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var bit = 6L * i;
            var at = (int)(bit >> 3);
            var shifted = text[i] << (int)(bit & 7);
            packed[at] |= (byte)shifted;
            if (shifted > 255)
            {
                packed[at + 1] |= (byte)(shifted >> 8);
            }
        }
    }
}
