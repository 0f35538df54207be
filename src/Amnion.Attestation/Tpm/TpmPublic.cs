using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.Tpm;

/// <summary>The public area of a TPM's key: TPMT_PUBLIC of an RSA or elliptic-curve key, TPM 2.0 Library Part 2 §12.2.4.</summary>
public sealed class TpmPublic
{
    /// <summary>Most bytes: RSA of 4096 bits with a policy of SHA-512.</summary>
    public const int MaxLength = 1024;

    const int MaxInteger = 512;
    const uint DefaultExponent = 65537;

    /// <summary>Attributes that every attestation key has, by bit: Part 2 §8.3.</summary>
    static readonly (int Bit, string Name)[] s_required =
        [(1, "fixedTPM"), (4, "fixedParent"), (5, "sensitiveDataOrigin"), (16, "restricted"), (18, "sign")];

    /// <summary>A key that also decrypts could be made to reveal what it signs, and a TPM refuses to make one that is restricted.</summary>
    const int DecryptBit = 17;

    TpmPublic(ReadOnlyMemory<byte> encoded) => Encoded = encoded;

    /// <summary>The public area as marshalled, without a size in front.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>TPM_ALG_ID of the hash in the key's name.</summary>
    public required int NameAlgorithm { get; init; }

    /// <summary>TPMA_OBJECT, a set of bits.</summary>
    public required uint Attributes { get; init; }

    /// <summary>TPM_ALG_ID of the scheme that the key is bound to; 0x0010 where it takes any.</summary>
    public required int Scheme { get; init; }

    /// <summary>TPM_ALG_ID of the hash that the key's scheme is bound to; 0 where there is none.</summary>
    public required int SchemeHash { get; init; }

    /// <summary>The key as X.509 encodes it, DER (RFC 5280 §4.1.2.7).</summary>
    public required ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; init; }

    /// <summary>The key's name: its hash's identifier and the hash of the public area (Part 1 §16); empty where that hash is not known here.</summary>
    public ReadOnlyMemory<byte> Name => TcgHash.Name(NameAlgorithm) is { } hash
        ? (byte[])[(byte)(NameAlgorithm >> 8), (byte)NameAlgorithm, .. CryptographicOperations.HashData(hash, Encoded.Span)]
        : default;

    /// <summary><see cref="Name"/> in hexadecimal.</summary>
    internal string NameText => field ??= Convert.ToHexStringLower(Name.Span);

    /// <summary>What keeps this key from being one that signs only what the TPM itself made; empty for an attestation key.</summary>
    internal List<string> AttestationProblems
    {
        get
        {
            var problems = s_required.Where(attribute => !Has(attribute.Bit)).Select(attribute => "lacks " + attribute.Name).ToList();
            if (Has(DecryptBit))
            {
                problems.Add("has decrypt");
            }

            return problems;
        }
    }

    /// <summary>Parses TPMT_PUBLIC, or TPM2B_PUBLIC, which has 16 bits of size in front.</summary>
    /// <exception cref="TpmFormatException">Another kind of key, or any other byte.</exception>
    public static TpmPublic Parse(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length > MaxLength)
        {
            throw new TpmFormatException(0, "TPMT_PUBLIC", string.Create(CultureInfo.InvariantCulture, $"{encoded.Length} bytes; at most {MaxLength} are accepted"));
        }

        // A public area starts with its type, 0x0001 or 0x0023, and is longer than that, so a size in front cannot be mistaken for one.
        var sized = encoded.Length > 2 && ((encoded[0] << 8) | encoded[1]) == encoded.Length - 2;
        var area = sized ? encoded[2..] : encoded;
        var reader = new TpmReader(area, sized ? 2 : 0);
        var parsed = Read(ref reader, area);
        reader.ExpectEnd("TPMT_PUBLIC");
        return parsed;
    }

    static TpmPublic Read(ref TpmReader reader, ReadOnlySpan<byte> area)
    {
        var type = reader.ReadUInt16("TPMT_PUBLIC.type");
        if (type is not (TpmAlgorithm.Rsa or TpmAlgorithm.Ecc))
        {
            throw reader.Refuse("TPMT_PUBLIC.type", string.Create(CultureInfo.InvariantCulture, $"0x{type:x4}; expected RSA or ECC"));
        }

        var nameAlgorithm = reader.ReadUInt16("TPMT_PUBLIC.nameAlg");
        var attributes = reader.ReadUInt32("TPMT_PUBLIC.objectAttributes");
        _ = reader.ReadSized(64, "TPMT_PUBLIC.authPolicy");
        if (reader.ReadUInt16("TPMT_PUBLIC.symmetric") != TpmAlgorithm.Null)
        {
            _ = reader.ReadUInt16("TPMT_PUBLIC.symmetric.keyBits");
            _ = reader.ReadUInt16("TPMT_PUBLIC.symmetric.mode");
        }

        var scheme = reader.ReadUInt16("TPMT_PUBLIC.scheme");
        var hash = scheme == TpmAlgorithm.Null ? 0 : reader.ReadUInt16("TPMT_PUBLIC.scheme.hash");
        return new TpmPublic(area.ToArray())
        {
            NameAlgorithm = nameAlgorithm,
            Attributes = attributes,
            Scheme = scheme,
            SchemeHash = hash,
            SubjectPublicKeyInfo = type == TpmAlgorithm.Rsa ? ReadRsa(ref reader) : ReadEcc(ref reader),
        };
    }

    static byte[] ReadRsa(ref TpmReader reader)
    {
        var bits = reader.ReadUInt16("TPMT_PUBLIC.keyBits");
        var exponent = reader.ReadUInt32("TPMT_PUBLIC.exponent");
        var modulus = reader.ReadSized(MaxInteger, "TPMT_PUBLIC.unique");
        if (modulus.IsEmpty || modulus.Length * 8 != bits || modulus[0] < 0x80 || exponent is not (0 or DefaultExponent))
        {
            throw reader.Refuse("TPMT_PUBLIC.unique", "a modulus of another size than keyBits, or an exponent other than 65537");
        }

        return TpmKeyInfo.Rsa(modulus, [1, 0, 1]);
    }

    static byte[] ReadEcc(ref TpmReader reader)
    {
        var curve = reader.ReadUInt16("TPMT_PUBLIC.curveID");
        if (reader.ReadUInt16("TPMT_PUBLIC.kdf") != TpmAlgorithm.Null)
        {
            _ = reader.ReadUInt16("TPMT_PUBLIC.kdf.hash");
        }

        var x = reader.ReadSized(MaxInteger, "TPMT_PUBLIC.unique.x");
        var y = reader.ReadSized(MaxInteger, "TPMT_PUBLIC.unique.y");
        return TpmKeyInfo.Point(curve, x, y) ?? throw reader.Refuse("TPMT_PUBLIC.curveID", "a curve other than P-256, P-384 and P-521, or a coordinate longer than its field");
    }

    bool Has(int bit) => (Attributes & (1u << bit)) != 0;
}
