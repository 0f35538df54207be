using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Amnion.Guard.Classifier;

/// <summary>Reads the artefact: every length is checked before it is believed, and there is one way to write each value.</summary>
ref struct ClassifierArtefactReader
{
    readonly ReadOnlySpan<byte> _bytes;
    int _at;

    ClassifierArtefactReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    /// <exception cref="ClassifierFormatException">The bytes are not an artefact of this version.</exception>
    public static ClassifierArtefact Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ClassifierArtefact.MaxBytes)
        {
            throw new ClassifierFormatException(0, "artefact", $"is {bytes.Length} bytes; at most {ClassifierArtefact.MaxBytes} are allowed");
        }

        var reader = new ClassifierArtefactReader(bytes);
        if (!reader.Take(ClassifierArtefact.Magic.Length, "magic").SequenceEqual(ClassifierArtefact.Magic))
        {
            throw new ClassifierFormatException(0, "magic", "is of another format or version");
        }

        var sources = reader.ReadSources();
        var artefact = new ClassifierArtefact(sources, reader.ReadHead("user"), reader.ReadHead("document"), reader.ReadHead("suffix"));
        if (reader._at != bytes.Length)
        {
            throw new ClassifierFormatException(reader._at, "artefact", $"has {bytes.Length - reader._at} bytes after its end");
        }

        return artefact;
    }

    ImmutableArray<TrainingSource> ReadSources()
    {
        var at = _at;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(Take(2, "sources"));
        if (count > ClassifierArtefact.MaxSources)
        {
            throw new ClassifierFormatException(at, "sources", $"are {count}; at most {ClassifierArtefact.MaxSources} are allowed");
        }

        var sources = ImmutableArray.CreateBuilder<TrainingSource>();
        for (var i = 0; i < count; i++)
        {
            sources.Add(new TrainingSource(ReadText("source name"), ReadText("source licence"), Convert.ToHexStringLower(Take(32, "source digest"))));
        }

        return sources.ToImmutable();
    }

    string ReadText(string field)
    {
        var at = _at;
        var length = Take(1, field)[0];
        var bytes = Take(length, field);
        if (length == 0 || bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            throw new ClassifierFormatException(at, field, "is not 1 to 255 printable ASCII characters");
        }

        return Encoding.ASCII.GetString(bytes);
    }

    ClassifierHead ReadHead(string name)
    {
        var wordBits = ReadByte(name + " word bits", ClassifierArtefact.MinTableBits, ClassifierArtefact.MaxTableBits);
        var pieceBits = ReadByte(name + " character bits", ClassifierArtefact.MinTableBits, ClassifierArtefact.MaxTableBits);
        var units = ReadByte(name + " units per block", 1, WindowShape.MaxUnitsPerBlock);
        var shortBlocks = ReadByte(name + " short window", 1, WindowShape.MaxBlocks);
        var longBlocks = ReadByte(name + " long window", shortBlocks, WindowShape.MaxBlocks);
        var windows = new WindowShape(units, shortBlocks, longBlocks, ReadNumber(name + " short bias"), ReadNumber(name + " long bias"));
        var (wordScale, pieceScale) = (ReadPositive(name + " word scale"), ReadPositive(name + " character scale"));
        var (threshold, slope) = (ReadNumber(name + " threshold"), ReadPositive(name + " slope"));
        return new ClassifierHead(ReadTable(1 << wordBits, name + " word weights"), ReadTable(1 << pieceBits, name + " character weights"), wordScale, pieceScale, windows, threshold, slope);
    }

    ImmutableArray<sbyte> ReadTable(int length, string field) => [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(Take(length, field))];

    int ReadByte(string field, int least, int most)
    {
        var at = _at;
        var value = Take(1, field)[0];
        return value >= least && value <= most ? value : throw new ClassifierFormatException(at, field, $"is {value}; expected {least} to {most}");
    }

    double ReadPositive(string field)
    {
        var at = _at;
        var value = ReadNumber(field);
        return value > 0 ? value : throw new ClassifierFormatException(at, field, "is not above zero");
    }

    double ReadNumber(string field)
    {
        var at = _at;
        var value = BinaryPrimitives.ReadDoubleLittleEndian(Take(8, field));
        return Math.Abs(value) <= 1e6 ? value : throw new ClassifierFormatException(at, field, "is not a number of at most a million");
    }

    ReadOnlySpan<byte> Take(int count, string field)
    {
        if (_bytes.Length - _at < count)
        {
            throw new ClassifierFormatException(_at, field, $"needs {count} bytes; {_bytes.Length - _at} are left");
        }

        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }
}
