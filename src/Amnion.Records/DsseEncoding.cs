using System.Globalization;
using System.Text;

namespace Amnion.Records;

/// <summary>What a signature in a Dead Simple Signing Envelope 1.0 covers (secure-systems-lab/dsse, protocol.md).</summary>
public static class DsseEncoding
{
    /// <summary>Pre-authentication encoding: "DSSEv1", length of the type, type, length of the payload, payload; lengths in bytes, decimal.</summary>
    public static byte[] Encode(string payloadType, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(payloadType);
        return [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} ")), .. payload];
    }
}
