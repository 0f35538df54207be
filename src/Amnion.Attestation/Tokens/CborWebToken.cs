using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Tokens;

/// <summary>CBOR Web Tokens, RFC 8392, as COSE_Sign1 (RFC 9052 §4.2) with the type header of RFC 9596, read strictly.</summary>
static class CborWebToken
{
    /// <summary>Most bytes of a token, as for <see cref="JsonWebSignature.MaxLength"/>.</summary>
    public const int MaxLength = JsonWebSignature.MaxLength;

    const ulong TokenTag = 61;
    const ulong Sign1Tag = 18;
    const int MaxHeaders = 16;
    const int MaxHeaderLength = 64 * 1024;
    const int MaxTextLength = 256;
    const int MaxSignatureLength = 1024;
    const int MaxNesting = 8;
    const long AlgorithmLabel = 1;
    const long CriticalLabel = 2;
    const long KeyIdLabel = 4;
    const long TypeLabel = 16;

    /// <summary>CoAP content format of application/eat+cwt, RFC 9782 §6.3, which RFC 9596 §2 allows in place of the text.</summary>
    const long EatContentFormat = 263;

    /// <summary>True where the bytes begin like a token: tag 61 or 18, or an array of four.</summary>
    public static bool Looks(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xd8, 0x3d]) || (!bytes.IsEmpty && bytes[0] is 0xd2 or 0x84);

    /// <summary>Reads one token and nothing around it.</summary>
    /// <exception cref="TokenFormatException">Anything the standards do not allow.</exception>
    public static TokenEnvelope Parse(ReadOnlySpan<byte> token)
    {
        if (token.Length > MaxLength)
        {
            throw new TokenFormatException(MaxLength, "token", "longer than 1 MiB");
        }

        var field = "COSE_Sign1";
        try
        {
            var input = new CborInput(token);
            _ = token.StartsWith((ReadOnlySpan<byte>)[0xd8, 0x3d]) && input.TryReadTag(TokenTag);
            _ = input.TryReadTag(Sign1Tag);
            if (input.BeginArray(4, allowIndefinite: false).Remaining != 4)
            {
                throw input.Refuse("an array of other than 4 items");
            }

            field = "protected";
            var header = input.ReadBytes(0, MaxHeaderLength);
            var labels = new HashSet<string>(StringComparer.Ordinal);
            var (algorithm, type, keyId, critical) = ReadProtected(header, input.Offset - header.Length, labels);
            field = "unprotected";
            ReadUnprotected(ref input, labels);
            field = "payload";
            var payload = input.ReadBytes(0, MaxLength);
            field = "signature";
            var signature = input.ReadBytes(0, MaxSignatureLength);
            field = "COSE_Sign1";
            input.ExpectEnd();
            return new TokenEnvelope
            {
                Algorithm = algorithm,
                Type = type,
                KeyId = keyId,
                Critical = critical,
                Payload = payload.ToArray(),
                Signature = signature.ToArray(),
                Input = ToBeSigned(header, payload),
            };
        }
        catch (CborFormatException exception)
        {
            throw new TokenFormatException(exception.Offset, field, exception.Message);
        }
    }

    /// <summary>Signs: tag 18, everything in the protected header.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> payload, string type, string? keyId, string algorithm, ECDsa key)
    {
        var header = new CborOutput().Map(keyId is null ? 2 : 3).Integer(AlgorithmLabel).Integer(algorithm == "ES256" ? -7 : -35);
        if (keyId is not null)
        {
            header.Integer(KeyIdLabel).Bytes(Encoding.UTF8.GetBytes(keyId));
        }

        var encoded = header.Integer(TypeLabel).Text("application/" + type).ToArray();
        var hash = algorithm == "ES256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        var signature = key.SignData(ToBeSigned(encoded, payload), hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new CborOutput().Raw([0xc0 | (byte)Sign1Tag]).Array(4).Bytes(encoded).Map(0).Bytes(payload).Bytes(signature).ToArray();
    }

    /// <summary>Sig_structure, RFC 9052 §4.4.</summary>
    static byte[] ToBeSigned(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        new CborOutput().Array(4).Text("Signature1").Bytes(header).Bytes([]).Bytes(payload).ToArray();

    static (string Algorithm, string? Type, string? KeyId, bool Critical) ReadProtected(ReadOnlySpan<byte> header, int origin, HashSet<string> labels)
    {
        var (algorithm, type, keyId, critical) = (string.Empty, (string?)null, (string?)null, false);
        if (header.IsEmpty)
        {
            return (algorithm, type, keyId, critical);
        }

        var input = new CborInput(header, origin);
        var map = input.BeginMap(MaxHeaders, allowIndefinite: false);
        while (input.Next(ref map))
        {
            switch (ReadLabel(ref input, labels))
            {
                case AlgorithmLabel:
                    algorithm = ReadAlgorithm(ref input);
                    break;
                case CriticalLabel:
                    critical = true;
                    _ = input.Skip(MaxNesting);
                    break;
                case KeyIdLabel:
                    keyId = Encoding.UTF8.GetString(input.ReadBytes(0, MaxTextLength));
                    break;
                case TypeLabel:
                    type = ReadType(ref input);
                    break;
                default:
                    _ = input.Skip(MaxNesting);
                    break;
            }
        }

        input.ExpectEnd();
        return (algorithm, type, keyId, critical);
    }

    static string ReadAlgorithm(ref CborInput input)
    {
        if (input.PeekMajor() == 3)
        {
            return Encoding.UTF8.GetString(input.ReadText(0, MaxTextLength));
        }

        var number = input.ReadInteger();
        return number switch { -7 => "ES256", -35 => "ES384", -36 => "ES512", _ => string.Create(CultureInfo.InvariantCulture, $"COSE {number}") };
    }

    static string? ReadType(ref CborInput input)
    {
        if (input.PeekMajor() == 3)
        {
            return JsonWebSignature.NormalType(Encoding.UTF8.GetString(input.ReadText(0, MaxTextLength)));
        }

        var format = input.ReadInteger();
        return format == EatContentFormat ? EarToken.CwtType : string.Create(CultureInfo.InvariantCulture, $"content format {format}");
    }

    static void ReadUnprotected(ref CborInput input, HashSet<string> labels)
    {
        var map = input.BeginMap(MaxHeaders, allowIndefinite: false);
        while (input.Next(ref map))
        {
            if (ReadLabel(ref input, labels) is AlgorithmLabel or CriticalLabel)
            {
                throw input.Refuse("an algorithm or critical headers that are not signed");
            }

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
            name = "t" + Convert.ToHexStringLower(input.ReadText(1, MaxTextLength));
        }
        else
        {
            label = input.ReadInteger();
            name = label.ToString(CultureInfo.InvariantCulture);
        }

        return labels.Add(name) ? label : throw input.Refuse("the same header label twice");
    }
}
