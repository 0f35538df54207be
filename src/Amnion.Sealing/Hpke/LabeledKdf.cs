using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>LabeledExtract and LabeledExpand over the BCL's HKDF (RFC 9180 §4).</summary>
readonly struct LabeledKdf(HashAlgorithmName hash, byte[] suiteId)
{
    static ReadOnlySpan<byte> Version => "HPKE-v1"u8;

    public void Extract(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> inputKey, Span<byte> pseudoRandomKey)
    {
        var labeled = new byte[Version.Length + suiteId.Length + label.Length + inputKey.Length];
        try
        {
            var rest = Put(labeled, Version);
            rest = Put(rest, suiteId);
            rest = Put(rest, label);
            Put(rest, inputKey);
            HKDF.Extract(hash, labeled, salt, pseudoRandomKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(labeled);
        }
    }

    public void Expand(ReadOnlySpan<byte> pseudoRandomKey, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, Span<byte> output)
    {
        var labeled = new byte[2 + Version.Length + suiteId.Length + label.Length + info.Length];
        BinaryPrimitives.WriteUInt16BigEndian(labeled, checked((ushort)output.Length));
        var rest = Put(labeled.AsSpan(2), Version);
        rest = Put(rest, suiteId);
        rest = Put(rest, label);
        Put(rest, info);
        HKDF.Expand(hash, pseudoRandomKey, output, labeled);
    }

    static Span<byte> Put(Span<byte> destination, ReadOnlySpan<byte> source)
    {
        source.CopyTo(destination);
        return destination[source.Length..];
    }
}
