using System.Globalization;
using System.Text;
using Amnion.Records;

namespace Amnion.Models.Manifest;

/// <summary>Dead Simple Signing Envelope 1.0 (secure-systems-lab/dsse, protocol.md).</summary>
static class Dsse
{
    public const string PayloadType = "application/vnd.in-toto+json";

    /// <summary>Pre-authentication encoding of a statement.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> payload) => DsseEncoding.Encode(PayloadType, payload);

    /// <summary>
    /// What model-signing 0.2 signed instead: another version word, and the payload as Python prints a bytes object. It is still
    /// one byte string for one payload, so it is a signature over the payload; it is no DSSE.
    /// </summary>
    public static byte[] EncodeLegacy(ReadOnlySpan<byte> payload)
    {
        // Python's repr of bytes prefers single quotes, and takes double ones where only single ones stand inside.
        var quote = payload.Contains((byte)'\'') && !payload.Contains((byte)'"') ? '"' : '\'';
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"DSSEV1 {PayloadType.Length} {PayloadType} {payload.Length} b").Append(quote);
        foreach (var b in payload)
        {
            _ = b switch
            {
                (byte)'\t' => text.Append("\\t"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\r' => text.Append("\\r"),
                (byte)'\\' => text.Append("\\\\"),
                _ when b == quote => text.Append('\\').Append(quote),
                < 0x20 or >= 0x7F => text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}"),
                _ => text.Append((char)b),
            };
        }

        return Encoding.UTF8.GetBytes(text.Append(quote).ToString());
    }
}
