using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amnion.Images.Specification;
using Amnion.Records;

namespace Amnion.Images.Building;

/// <summary>The list beside an image: every input with length and hash, and the registers they gave. "amnion/image-inputs/1"; docs/specs/image.md §7.</summary>
public sealed record ImageInputs
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/image-inputs/1";

    /// <summary>Longest list, bytes.</summary>
    public const int MaxLength = 256 * 1024 * 1024;

    const int MaxInputs = 600_000;

    /// <summary>Name and version of the image.</summary>
    public required (string Name, string Version) Image { get; init; }

    /// <summary>The processor.</summary>
    public required ImageArchitecture Architecture { get; init; }

    /// <summary>Length of the image, bytes.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-384 of the image file.</summary>
    public required Digest Sha384 { get; init; }

    /// <summary>The image's registers.</summary>
    public required ImageRegisters Registers { get; init; }

    /// <summary>Every input.</summary>
    public required ImmutableArray<ImageInput> Inputs { get; init; }

    /// <summary>Lines of source of parts of the image ("kernel", "ours"), where somebody counted them.</summary>
    public required ImmutableSortedDictionary<string, long> Lines { get; init; }

    /// <summary>Where the list of an image stands.</summary>
    public static string PathFor(string image) => image + ".inputs.json";

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static ImageInputs Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var lines = reader.Object("lines");
        var registers = reader.Object("measurements");
        registers.Constant("HashAlgorithm", ImageRegisters.HashAlgorithm);
        var inputs = new ImageInputs
        {
            Image = (reader.Text("name", 64), reader.Text("version", 64)),
            Architecture = reader.Text("architecture", 16) switch
            {
                "x86_64" => ImageArchitecture.X64,
                "aarch64" => ImageArchitecture.Arm64,
                _ => throw reader.Refuse("architecture", "must be \"x86_64\" or \"aarch64\""),
            },
            Length = reader.Integer("length", 0, long.MaxValue >> 11),
            Sha384 = reader.Digest("sha384"),
            Registers = new ImageRegisters
            {
                Image = Register(registers, "PCR0"),
                Bootstrap = Register(registers, "PCR1"),
                Application = Register(registers, "PCR2"),
                Certificate = registers.Has("PCR8") ? Register(registers, "PCR8") : null,
            },
            Inputs = reader.Objects("inputs", MaxInputs, ReadInput),
            Lines = lines.Names(64).ToImmutableSortedDictionary(name => name, name => lines.Integer(name, 0, 1L << 40), StringComparer.Ordinal),
        };
        registers.End();
        lines.End();
        reader.End();
        return inputs;
    }

    /// <summary>Indented JSON, so that two lists can be compared line by line.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("name", Image.Name);
            json.WriteString("version", Image.Version);
            json.WriteString("architecture", ImageSpecification.NameOf(Architecture));
            json.WriteNumber("length", Length);
            json.WriteDigest("sha384", Sha384);
            json.WriteStartObject("measurements");
            json.WriteString("HashAlgorithm", ImageRegisters.HashAlgorithm);
            foreach (var (register, value) in Registers.ByNumber)
            {
                json.WriteString($"PCR{register}", value.Hex);
            }

            json.WriteEndObject();
            json.WriteStartObject("lines");
            foreach (var (part, count) in Lines)
            {
                json.WriteNumber(part, count);
            }

            json.WriteEndObject();
            json.WriteStartArray("inputs");
            foreach (var input in Inputs)
            {
                Write(json, input);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    static void Write(Utf8JsonWriter json, ImageInput input)
    {
        json.WriteStartObject();
        json.WriteString("section", input.Section);
        json.WriteString("path", input.Path);
        json.WriteNumber("length", input.Length);
        json.WriteDigest("sha384", input.Sha384);
        if (input.Package is { } package)
        {
            json.WriteString("package", package.Name);
            json.WriteString("package_version", package.Version);
            json.WriteString("package_architecture", package.Architecture);
        }

        json.WriteEndObject();
    }

    static ImageInput ReadInput(JsonObjectReader reader)
    {
        var package = reader.OptionalText("package", 128) is { } name ? new DebianPackage(name, reader.Text("package_version", 128), reader.Text("package_architecture", 32)) : null;
        var input = new ImageInput(reader.Text("section", 32), reader.Text("path", 4096), reader.Integer("length", 0, long.MaxValue >> 11), reader.Digest("sha384"), package);
        reader.End();
        return input;
    }

    static Digest Register(JsonObjectReader reader, string name)
    {
        var value = new byte[RegisterLog.RegisterLength];
        return Convert.FromHexString(reader.Text(name, 96), value, out _, out var written) == System.Buffers.OperationStatus.Done && written == value.Length
            ? Digest.FromBytes(value)
            : throw reader.Refuse(name, "must be 96 hexadecimal digits");
    }
}
