using System.Buffers.Binary;

namespace Amnion.Guard.Output.Leaks;

/// <summary>
/// An index of protected text. It holds the text itself, folded to six-bit symbols, and the places of its winnowed grams, so that every hit is verified exactly. It is as secret as the text: seal it.
/// </summary>
/// <remarks>
/// Layout, little-endian, docs/specs/guard-output.md: magic "AMNLEAK1", k and w (2 bytes each), directory bits (4), symbols n (4), entries m (4), directory of 2^bits + 1 entry numbers (4 each), m tags (1 each), m places (4 each), ceil(6n/8) bytes of text.
/// </remarks>
public sealed class LeakIndex
{
    /// <summary>The most symbols one index holds.</summary>
    public const int MostSymbols = 1 << 30;

    internal const int HeaderLength = 24;
    internal const int MostDirectoryBits = 26;

    readonly ReadOnlyMemory<byte> _bytes;
    readonly int _directory = HeaderLength;
    readonly int _tags;
    readonly int _places;
    readonly int _text;
    readonly int _bits;

    LeakIndex(ReadOnlyMemory<byte> bytes, LeakIndexOptions options, int bits, int symbols, int entries)
    {
        _bytes = bytes;
        Options = options;
        Symbols = symbols;
        Entries = entries;
        _bits = bits;
        _tags = _directory + (4 * ((1 << bits) + 1));
        _places = _tags + entries;
        _text = _places + (4 * entries);
    }

    internal static ReadOnlySpan<byte> Magic => "AMNLEAK1"u8;

    /// <summary>The parameters it was built with.</summary>
    public LeakIndexOptions Options { get; }

    /// <summary>How many symbols of text it holds.</summary>
    public int Symbols { get; }

    /// <summary>How many winnowed grams it holds.</summary>
    public int Entries { get; }

    /// <summary>The index as bytes, to be sealed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads an index. The bytes are not copied and must not change.</summary>
    /// <exception cref="LeakIndexFormatException">They are no index, cut, or hold places outside the text.</exception>
    public static LeakIndex Parse(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        Check(span.Length >= HeaderLength, "header", 0, $"at least {HeaderLength} bytes");
        Check(span[..8].SequenceEqual(Magic), "magic", 0, "\"AMNLEAK1\"");
        var options = new LeakIndexOptions(BinaryPrimitives.ReadUInt16LittleEndian(span[8..]), BinaryPrimitives.ReadUInt16LittleEndian(span[10..]));
        Check(options.IsValid, "k, w", 8, "k from 6 to 32, w from 1 to 64");
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(span[12..]);
        Check(bits <= MostDirectoryBits, "directory bits", 12, $"at most {MostDirectoryBits}");
        var symbols = BinaryPrimitives.ReadUInt32LittleEndian(span[16..]);
        Check(symbols <= MostSymbols, "symbols", 16, $"at most {MostSymbols}");
        var entries = BinaryPrimitives.ReadUInt32LittleEndian(span[20..]);
        Check(entries <= symbols, "entries", 20, "no more than symbols");
        var length = HeaderLength + (4L * ((1L << (int)bits) + 1)) + (5L * entries) + TextBytes((int)symbols);
        Check(span.Length == length, "length", span.Length, $"{length} bytes");
        var index = new LeakIndex(bytes, options, (int)bits, (int)symbols, (int)entries);
        index.CheckDirectory(span);
        return index;
    }

    /// <summary>The numbers of the entries that may hold the gram with this finished hash.</summary>
    internal (int First, int Last) BucketOf(ulong hash)
    {
        var at = _directory + (4 * (int)(_bits == 0 ? 0 : hash >> (64 - _bits)));
        var span = _bytes.Span;
        return ((int)BinaryPrimitives.ReadUInt32LittleEndian(span[at..]), (int)BinaryPrimitives.ReadUInt32LittleEndian(span[(at + 4)..]));
    }

    /// <summary>The first entry from <paramref name="first"/> whose tag is that of the hash, or -1.</summary>
    internal int Find(int first, int last, ulong hash)
    {
        var at = _bytes.Span.Slice(_tags + first, last - first).IndexOf((byte)hash);
        return at < 0 ? -1 : first + at;
    }

    /// <summary>Where an entry's gram begins in the text.</summary>
    internal int PlaceOf(int entry) => (int)BinaryPrimitives.ReadUInt32LittleEndian(_bytes.Span[(_places + (4 * entry))..]);

    /// <summary>The symbol at a place; <see cref="FoldedSymbol.None"/> outside the text.</summary>
    internal byte SymbolAt(int place)
    {
        if ((uint)place >= (uint)Symbols)
        {
            return FoldedSymbol.None;
        }

        var bit = 6L * place;
        var span = _bytes.Span[(_text + (int)(bit >> 3))..];
        var pair = span[0] | (span.Length > 1 ? span[1] << 8 : 0);
        return (byte)((pair >> (int)(bit & 7)) & 63);
    }

    internal static long TextBytes(int symbols) => ((6L * symbols) + 7) / 8;

    void CheckDirectory(ReadOnlySpan<byte> span)
    {
        var before = 0u;
        for (var i = 0; i <= 1 << _bits; i++)
        {
            var at = _directory + (4 * i);
            var entry = BinaryPrimitives.ReadUInt32LittleEndian(span[at..]);
            Check(entry >= before && entry <= Entries && (i > 0 || entry == 0), "directory", at, "rising entry numbers from 0");
            before = entry;
        }

        Check(before == Entries, "directory", _tags - 4, "the number of entries at the end");
        for (var i = 0; i < Entries; i++)
        {
            Check((uint)PlaceOf(i) <= (uint)(Symbols - Options.GramLength), "place", _places + (4 * i), "a gram inside the text");
        }
    }

    static void Check(bool condition, string field, long offset, string expected)
    {
        if (!condition)
        {
            throw new LeakIndexFormatException(field, offset, expected);
        }
    }
}
