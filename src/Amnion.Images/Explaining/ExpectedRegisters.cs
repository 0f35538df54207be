using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Amnion.Images.Building;
using Amnion.Records;

namespace Amnion.Images.Explaining;

/// <summary>
/// Register values that somebody expects of an image: what nitro-cli prints ("Measurements" or the registers alone), the inputs file of
/// another build, or the measurements file beside a program.
/// </summary>
public sealed record ExpectedRegisters
{
    /// <summary>Longest file, bytes; the inputs of a foreign root file system are many.</summary>
    public const int MaxLength = 256 * 1024 * 1024;

    const string Record = "expected registers";

    /// <summary>Register → value.</summary>
    public required ImmutableSortedDictionary<int, Digest> Values { get; init; }

    /// <summary>The inputs of the other build, where the file lists them.</summary>
    public ImageInputs? Inputs { get; init; }

    /// <summary>Parses any of the forms.</summary>
    /// <exception cref="RecordFormatException">None of them.</exception>
    public static ExpectedRegisters Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Record);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new RecordFormatException(Record, "$", "must be an object");
        }

        if (root.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String && format.ValueEquals(ImageInputs.Format))
        {
            var inputs = ImageInputs.Parse(json);
            return new ExpectedRegisters { Values = inputs.Registers.ByNumber, Inputs = inputs };
        }

        var holder = Child(root, "Measurements") ?? Child(root, "measurements") ?? Child(root, "registers") ?? root;
        var values = ImmutableSortedDictionary.CreateBuilder<int, Digest>();
        foreach (var member in holder.EnumerateObject())
        {
            if (Number(member.Name) is { } register)
            {
                values[register] = Value(member);
            }
        }

        return values.Count > 0 ? new ExpectedRegisters { Values = values.ToImmutable() } : throw new RecordFormatException(Record, "$", "names no register (\"PCR0\": 96 hexadecimal digits)");
    }

    static JsonElement? Child(JsonElement root, string name) => root.TryGetProperty(name, out var child) && child.ValueKind == JsonValueKind.Object ? child : null;

    static int? Number(string name)
    {
        var digits = name.StartsWith("PCR", StringComparison.OrdinalIgnoreCase) ? name.AsSpan(3) : name;
        return digits.Length is 1 or 2 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 32 ? number : null;
    }

    static Digest Value(JsonProperty member)
    {
        var value = new byte[RegisterLog.RegisterLength];
        return member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: 96 } hex && Convert.FromHexString(hex, value, out _, out _) == System.Buffers.OperationStatus.Done
            ? Digest.FromBytes(value)
            : throw new RecordFormatException(Record, "$." + Printable.Escape(member.Name), "must be 96 hexadecimal digits");
    }
}
