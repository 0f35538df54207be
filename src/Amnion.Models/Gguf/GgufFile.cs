namespace Amnion.Models.Gguf;

/// <summary>
/// Reads GGUF version 3 files (ggml-org/ggml, docs/gguf.md) from untrusted hands. The engine's own reader is C++ with a record
/// of memory errors and assertions that end the process; everything it could trip over is refused here first.
/// </summary>
public static class GgufFile
{
    static ReadOnlySpan<byte> Magic => "GGUF"u8;

    const uint Version = 3;

    /// <summary>Reads and checks a file's header. Tensor data is neither read nor needed.</summary>
    /// <param name="stream">Read forward from its current position, which is the file's start; read ahead by up to 64 KiB.</param>
    /// <param name="length">Bytes of the whole file.</param>
    /// <exception cref="GgufFormatException">The file is malformed or not of an accepted kind.</exception>
    public static GgufModel Read(Stream stream, long length)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("GGUF is read on little-endian machines only.");
        }

        var reader = new GgufReader(stream, length);
        Span<byte> magic = stackalloc byte[4];
        reader.Read(magic, "magic");
        if (!magic.SequenceEqual(Magic))
        {
            throw new GgufFormatException(ModelCodes.GgufMagic, 0, "magic", "is not \"GGUF\"");
        }

        var version = reader.UInt32("version");
        if (version != Version)
        {
            throw new GgufFormatException(ModelCodes.GgufVersion, 4, "version", $"is {version}; expected {Version}, little-endian");
        }

        var tensorCount = GgufTensorReader.ReadCount(reader);
        var metadata = GgufMetadataReader.Read(reader, GgufMetadataReader.ReadCount(reader));
        var name = metadata.String("general.architecture");
        var architecture = GgufArchitecture.All.FirstOrDefault(known => known.Name == name)
            ?? throw metadata.Refuse(ModelCodes.GgufArchitecture, "general.architecture", $"is none of {string.Join(", ", GgufArchitecture.All)}");
        GgufKeys.Check(metadata, architecture);
        var hyperparameters = GgufHyperparameters.Read(metadata, architecture);
        var tokenizer = GgufTokenizer.Read(metadata, architecture.Name);
        var tensorsAt = reader.Offset;
        var tensors = GgufTensorReader.Read(reader, tensorCount);
        var dataOffset = GgufTensorReader.Pad(reader.Offset);
        GgufTensorReader.CheckBounds(tensors, dataOffset, length);
        new GgufTensorPlan(architecture, hyperparameters, tokenizer.Tokens.Count).Check(tensors, tensorsAt);
        _ = metadata.FindString("general.name");
        _ = metadata.FindString("tokenizer.chat_template");
        return new GgufModel
        {
            Metadata = metadata,
            Architecture = architecture,
            Hyperparameters = hyperparameters,
            Tokenizer = tokenizer,
            Tensors = tensors,
            TensorDataOffset = dataOffset,
            FileLength = length,
        };
    }

    /// <summary>As <see cref="Read(Stream, long)"/>, for a file on disk.</summary>
    /// <exception cref="GgufFormatException">The file is malformed or not of an accepted kind.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GgufModel Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Read(stream, stream.Length);
    }
}
