using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Amnion.Attestation.Tpm;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Bits of accepted samples that no signature covers, by rule and not by position: the text around what is signed. docs/specs/unsigned-bits.md says
/// of each rule why it is harmless.
/// </summary>
static class UnsignedBits
{
    /// <summary>PEM without a block: the case as it is without these endorsements.</summary>
    public static byte[] EmptyPem { get; } = "-----BEGIN"u8.ToArray();

    /// <summary>True for text with a PEM block.</summary>
    public static bool IsPem(ReadOnlySpan<byte> file) => file.IndexOf("-----BEGIN"u8) >= 0;

    /// <summary>True where the alteration changed nothing but such bits.</summary>
    public static bool Covers(ReadOnlySpan<byte> original, byte[] altered)
    {
        var first = original.TrimStart(" \t\r\n"u8);
        return IsPem(first) && Ascii.IsValid(first) ? CoversPem(original.ToArray(), altered)
            : first is [(byte)'{', ..] ? CoversJson(original.ToArray(), altered)
            : CoversText(original, altered) || CoversPublicArea(original, altered) || CoversRegisterFile(original, altered);
    }

    /// <summary>A quote of Intel's: the same bytes before its PCK chain, and the same certificates in that chain.</summary>
    public static bool IsSameQuote(ReadOnlySpan<byte> original, ReadOnlySpan<byte> altered)
    {
        var chain = original.IndexOf("-----BEGIN"u8);
        return chain >= 0 && chain <= altered.Length && original[..chain].SequenceEqual(altered[..chain])
            && IsPem(altered[chain..]) && CoversPem(original[chain..].ToArray(), altered[chain..].ToArray(), missing: false);
    }

    /// <summary>A file of hexadecimal or base64 text: the same bytes.</summary>
    static bool CoversText(ReadOnlySpan<byte> original, byte[] altered) =>
        Decode(original) is { } before && Decode(altered) is { } after && before.AsSpan().SequenceEqual(after);

    static byte[]? Decode(ReadOnlySpan<byte> file)
    {
        if (!Ascii.IsValid(file))
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(file).Trim();
        return text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : Base64.IsValid(text) ? Convert.FromBase64String(text) : null;
    }

    /// <summary>A TPM key's public area: the same key. Whether it is the right one is the verifier's to say; what else stands there gives remarks.</summary>
    static bool CoversPublicArea(ReadOnlySpan<byte> original, byte[] altered)
    {
        try
        {
            return TpmPublic.Parse(original).SubjectPublicKeyInfo.Span.SequenceEqual(TpmPublic.Parse(altered).SubjectPublicKeyInfo.Span);
        }
        catch (TpmFormatException)
        {
            return false;
        }
    }

    /// <summary>Register values as tpm2-tools writes them: the same values for the same registers. Around them lies what the tool's memory held.</summary>
    static bool CoversRegisterFile(ReadOnlySpan<byte> original, byte[] altered) =>
        Registers(original) is { } before && Registers(altered) is { } after && before.SequenceEqual(after, StringComparer.Ordinal);

    /// <summary>Banks with their registers, then the values, of a TPML_PCR_SELECTION of 16 entries and TPML_DIGEST records of 8; null where it is none.</summary>
    static List<string>? Registers(ReadOnlySpan<byte> file)
    {
        const int selection = 4 + (16 * 8);
        const int digest = 2 + 64;
        const int record = 4 + (8 * digest);
        if (file.Length < selection + 4 || (file.Length - selection - 4) % record != 0 || BinaryPrimitives.ReadUInt32LittleEndian(file[selection..]) != (file.Length - selection - 4) / record)
        {
            return null;
        }

        var found = new List<string>();
        for (var i = 0; i < Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(file), 16); i++)
        {
            var entry = file.Slice(4 + (i * 8), 8);
            var bitmap = entry.Slice(3, Math.Min(entry[2], (byte)4)).TrimEnd((byte)0);
            if (!bitmap.IsEmpty)
            {
                found.Add(Convert.ToHexString(entry[..2]) + Convert.ToHexString(bitmap));
            }
        }

        for (var rest = file[(selection + 4)..]; !rest.IsEmpty; rest = rest[record..])
        {
            for (var i = 0; i < Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(rest), 8); i++)
            {
                var value = rest.Slice(4 + (i * digest), digest);
                found.Add(Convert.ToHexString(value.Slice(2, Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(value), digest - 2))));
            }
        }

        return found;
    }

    /// <summary>PEM: the same certificates in the same order, or where that may be some of them gone, which others made up for; none with other bytes.</summary>
    static bool CoversPem(byte[] original, byte[] altered, bool missing = true)
    {
        try
        {
            var before = CertificateFiles.Ders(original).Select(Convert.ToHexString).ToList();
            var after = altered.AsSpan().IndexOf("-----BEGIN"u8) < 0 ? [] : CertificateFiles.Ders(altered).Select(Convert.ToHexString).ToList();
            return before.Where(after.Contains).SequenceEqual(after) && (missing || before.Count == after.Count);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>JSON: the same document, but for white space and the letter case of hexadecimal texts.</summary>
    static bool CoversJson(byte[] original, byte[] altered)
    {
        try
        {
            using var before = JsonDocument.Parse(original);
            using var after = JsonDocument.Parse(altered);
            return Same(before.RootElement, after.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    static bool Same(JsonElement before, JsonElement after) => before.ValueKind == after.ValueKind && before.ValueKind switch
    {
        JsonValueKind.Object => before.EnumerateObject().Count() == after.EnumerateObject().Count()
            && before.EnumerateObject().Zip(after.EnumerateObject()).All(pair => pair.First.Name == pair.Second.Name && Same(pair.First.Value, pair.Second.Value)),
        JsonValueKind.Array => before.GetArrayLength() == after.GetArrayLength() && before.EnumerateArray().Zip(after.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
        JsonValueKind.String => SameText(before.GetString()!, after.GetString()!),
        _ => before.GetRawText() == after.GetRawText(),
    };

    static bool SameText(string before, string after) =>
        before == after || (before.All(char.IsAsciiHexDigit) && after.All(char.IsAsciiHexDigit) && string.Equals(before, after, StringComparison.OrdinalIgnoreCase));
}
