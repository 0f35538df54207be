using System.Text.Json;

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
        return IsPem(first) ? CoversPem(original.ToArray(), altered)
            : first is [(byte)'{', ..] && CoversJson(original.ToArray(), altered);
    }

    /// <summary>PEM: the same certificates in the same order, or some of them gone, which others made up for; none with other bytes.</summary>
    static bool CoversPem(byte[] original, byte[] altered)
    {
        try
        {
            var before = CertificateFiles.Ders(original).Select(Convert.ToHexString).ToList();
            var after = altered.AsSpan().IndexOf("-----BEGIN"u8) < 0 ? [] : CertificateFiles.Ders(altered).Select(Convert.ToHexString).ToList();
            return before.Where(after.Contains).SequenceEqual(after);
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
