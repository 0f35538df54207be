using System.Security.Cryptography;
using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Nitro;

/// <summary>
/// A COSE_Sign1 message with an attached payload and an ECDSA signature: RFC 9052 §4.2. The algorithm is taken from the protected
/// header only, and every critical header is refused because none is implemented.
/// </summary>
public sealed class CoseSign1
{
    /// <summary>Most bytes of a message.</summary>
    public const int MaxLength = 1024 * 1024;

    const ulong Tag = 18;
    const int MaxHeaders = 16;
    const int MaxHeaderLength = 4096;
    const int MaxSignatureLength = 132;
    const int MaxNesting = 8;
    const long AlgorithmLabel = 1;
    const long CriticalLabel = 2;

    internal CoseSign1()
    {
    }

    /// <summary>Whether the message carries CBOR tag 18. The signature does not cover it.</summary>
    public required bool IsTagged { get; init; }

    /// <summary>The protected header's encoded map, as signed.</summary>
    public required ReadOnlyMemory<byte> Protected { get; init; }

    /// <summary>The unprotected header's encoded map. The signature does not cover it; nothing may be decided by it.</summary>
    public required ReadOnlyMemory<byte> Unprotected { get; init; }

    /// <summary>The payload, as signed.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>r‖s, RFC 9053 §2.1.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The protected header's algorithm.</summary>
    public required CoseAlgorithm Algorithm { get; init; }

    /// <summary>Number of labels in the protected header, the algorithm included.</summary>
    internal int ProtectedCount { get; init; }

    /// <summary>Where the payload starts in the message.</summary>
    internal int PayloadOffset { get; init; }

    /// <summary>Parses one message, with or without tag 18, and nothing after it.</summary>
    /// <exception cref="CoseFormatException">Anything RFC 9052 does not allow, a detached payload, or an algorithm that is not ECDSA.</exception>
    public static CoseSign1 Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length > MaxLength)
        {
            throw new CoseFormatException(MaxLength, "COSE_Sign1", "longer than 1 MiB");
        }

        return Parse(message.ToArray().AsMemory());
    }

    internal static CoseSign1 Parse(ReadOnlyMemory<byte> message)
    {
        var field = "COSE_Sign1";
        try
        {
            var input = new CborInput(message.Span);
            var tagged = input.TryReadTag(Tag);
            var array = input.BeginArray(4, allowIndefinite: false);
            if (array.Remaining != 4)
            {
                throw input.Refuse("an array of other than 4 items");
            }

            field = "protected";
            var protectedLength = input.ReadBytes(0, MaxHeaderLength).Length;
            var protectedHeader = message[(input.Position - protectedLength)..input.Position];
            var labels = new HashSet<string>(StringComparer.Ordinal);
            var algorithm = ReadProtected(protectedHeader.Span, input.Offset - protectedLength, labels);
            var count = labels.Count;
            field = "unprotected";
            var start = input.Position;
            ReadLabels(ref input, labels);
            var unprotected = message[start..input.Position];
            field = "payload";
            var payloadLength = input.ReadBytes(0, MaxLength).Length;
            var payload = message[(input.Position - payloadLength)..input.Position];
            var payloadOffset = input.Position - payloadLength;
            field = "signature";
            var signatureLength = input.ReadBytes(1, MaxSignatureLength).Length;
            var signature = message[(input.Position - signatureLength)..input.Position];
            field = "COSE_Sign1";
            input.ExpectEnd();
            return new CoseSign1
            {
                IsTagged = tagged,
                Protected = protectedHeader,
                Unprotected = unprotected,
                Payload = payload,
                Signature = signature,
                Algorithm = algorithm,
                ProtectedCount = count,
                PayloadOffset = payloadOffset,
            };
        }
        catch (CborFormatException exception)
        {
            throw new CoseFormatException(exception.Offset, field, exception.Message);
        }
    }

    /// <summary>Verifies the signature. The key's curve fixes the signature's length; COSE ties no curve to an algorithm (RFC 9053 §2.1).</summary>
    /// <param name="key">The signer's public key.</param>
    /// <param name="externalData">Externally supplied data, RFC 9052 §4.3.</param>
    public bool Verify(ECDsa key, ReadOnlySpan<byte> externalData = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Signature.Length == 2 * ((key.KeySize + 7) / 8)
            && key.VerifyData(ToBeSigned(Protected.Span, externalData, Payload.Span), Signature.Span, Hash(Algorithm), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Signs: untagged, empty unprotected header, the algorithm that goes with the key's curve.</summary>
    /// <param name="payload">Signed and attached.</param>
    /// <param name="key">A private key of P-256, P-384 or P-521.</param>
    /// <param name="externalData">Externally supplied data, RFC 9052 §4.3.</param>
    /// <exception cref="ArgumentException">A key of another size.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> payload, ECDsa key, ReadOnlySpan<byte> externalData = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var algorithm = key.KeySize switch
        {
            256 => CoseAlgorithm.ES256,
            384 => CoseAlgorithm.ES384,
            521 => CoseAlgorithm.ES512,
            _ => throw new ArgumentException("The key is none of P-256, P-384 and P-521.", nameof(key)),
        };
        var protectedHeader = new CborOutput().Map(1).Integer(AlgorithmLabel).Integer((long)algorithm).ToArray();
        var signature = key.SignData(ToBeSigned(protectedHeader, externalData, payload), Hash(algorithm), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new CborOutput().Array(4).Bytes(protectedHeader).Map(0).Bytes(payload).Bytes(signature).ToArray();
    }

    /// <summary>Sig_structure, RFC 9052 §4.4.</summary>
    internal static byte[] ToBeSigned(ReadOnlySpan<byte> protectedHeader, ReadOnlySpan<byte> externalData, ReadOnlySpan<byte> payload) =>
        new CborOutput().Array(4).Text("Signature1").Bytes(protectedHeader).Bytes(externalData).Bytes(payload).ToArray();

    static HashAlgorithmName Hash(CoseAlgorithm algorithm) => algorithm switch
    {
        CoseAlgorithm.ES256 => HashAlgorithmName.SHA256,
        CoseAlgorithm.ES384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };

    static CoseAlgorithm ReadProtected(ReadOnlySpan<byte> header, int origin, HashSet<string> labels)
    {
        var input = new CborInput(header, origin);
        CoseAlgorithm? algorithm = null;
        if (header.IsEmpty)
        {
            throw input.Refuse("empty; the algorithm must be protected");
        }

        var map = input.BeginMap(MaxHeaders, allowIndefinite: false);
        while (input.Next(ref map))
        {
            if (ReadLabel(ref input, labels) != AlgorithmLabel)
            {
                _ = input.Skip(MaxNesting);
                continue;
            }

            var value = input.ReadInteger();
            algorithm = value is (long)CoseAlgorithm.ES256 or (long)CoseAlgorithm.ES384 or (long)CoseAlgorithm.ES512
                ? (CoseAlgorithm)value
                : throw input.Refuse("an algorithm other than ES256, ES384 and ES512");
        }

        input.ExpectEnd();
        return algorithm ?? throw input.Refuse("no algorithm");
    }

    static void ReadLabels(ref CborInput input, HashSet<string> labels)
    {
        var map = input.BeginMap(MaxHeaders, allowIndefinite: false);
        while (input.Next(ref map))
        {
            _ = ReadLabel(ref input, labels);
            _ = input.Skip(MaxNesting);
        }
    }

    /// <summary>An integer label, or 0 for a text; labels are unique across both headers (RFC 9052 §3).</summary>
    static long ReadLabel(ref CborInput input, HashSet<string> labels)
    {
        long label = 0;
        string name;
        if (input.PeekMajor() == 3)
        {
            name = "t" + Convert.ToHexStringLower(input.ReadText(1, MaxHeaderLength));
        }
        else
        {
            label = input.ReadInteger();
            name = label.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (label == CriticalLabel)
        {
            throw input.Refuse("critical headers, of which none is implemented");
        }

        return labels.Add(name) ? label : throw input.Refuse("the same header label twice");
    }
}
