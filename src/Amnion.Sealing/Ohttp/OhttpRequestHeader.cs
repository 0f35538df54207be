using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Amnion.Sealing;

/// <summary>
/// What stands in clear before a sealed request (RFC 9458 §4.3): 1-byte key id, 2-byte KEM, KDF and AEAD ids, encapsulated
/// key. All of it is bound into the key schedule, so none of it can be altered unnoticed.
/// </summary>
public sealed class OhttpRequestHeader
{
    readonly byte[] _bytes;

    OhttpRequestHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>Which of the gateway's keys the request is sealed to.</summary>
    public byte KeyId => _bytes[0];

    /// <summary>Key encapsulation mechanism; always one this library knows the sizes of.</summary>
    public HpkeKem KemId => (HpkeKem)BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(1));

    /// <summary>Key derivation function, as sent: not necessarily one that is known.</summary>
    public HpkeKdf KdfId => (HpkeKdf)BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(3));

    /// <summary>Authenticated cipher, as sent: not necessarily one that is known.</summary>
    public HpkeAead AeadId => (HpkeAead)BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(5));

    /// <summary>The three algorithm ids as a suite.</summary>
    public HpkeSuite Suite => new(KemId, KdfId, AeadId);

    /// <summary>The encapsulated key: what <see cref="ReplayMemory"/> remembers.</summary>
    public ReadOnlySpan<byte> Enc => _bytes.AsSpan(OhttpLimits.RequestHeaderPrefix);

    /// <summary>The header as it stands on the wire.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The first seven bytes, which the HPKE info repeats.</summary>
    internal ReadOnlySpan<byte> Prefix => _bytes.AsSpan(0, OhttpLimits.RequestHeaderPrefix);

    /// <summary>
    /// Reads the header from the front of <paramref name="source"/>. False where more bytes are needed or the KEM is not
    /// known; with <see cref="OhttpLimits.MaxRequestHeader"/> bytes or more at hand, false is final.
    /// </summary>
    /// <param name="source">The request from its first byte; more may follow the header.</param>
    /// <param name="header">The header.</param>
    /// <param name="consumed">Length of the header in bytes; the chunks start there.</param>
    public static bool TryParse(ReadOnlySpan<byte> source, [NotNullWhen(true)] out OhttpRequestHeader? header, out int consumed)
    {
        header = null;
        consumed = 0;
        if (source.Length < OhttpLimits.RequestHeaderPrefix)
        {
            return false;
        }

        // Nenc equals Npk for every DHKEM.
        var encLength = HpkePublicKey.LengthOf((HpkeKem)BinaryPrimitives.ReadUInt16BigEndian(source[1..]));
        if (encLength == 0 || source.Length < OhttpLimits.RequestHeaderPrefix + encLength)
        {
            return false;
        }

        consumed = OhttpLimits.RequestHeaderPrefix + encLength;
        header = new OhttpRequestHeader(source[..consumed]);
        return true;
    }

    internal static byte[] EncodePrefix(byte keyId, HpkeSuite suite)
    {
        var prefix = new byte[OhttpLimits.RequestHeaderPrefix];
        prefix[0] = keyId;
        BinaryPrimitives.WriteUInt16BigEndian(prefix.AsSpan(1), (ushort)suite.KemId);
        BinaryPrimitives.WriteUInt16BigEndian(prefix.AsSpan(3), (ushort)suite.KdfId);
        BinaryPrimitives.WriteUInt16BigEndian(prefix.AsSpan(5), (ushort)suite.AeadId);
        return prefix;
    }
}
