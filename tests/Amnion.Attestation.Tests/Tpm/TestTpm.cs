using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Tests.Tpm;

/// <summary>A TPM of this process: real keys, quotes marshalled as TPM 2.0 Library Part 2 has them. Change a property before the first use of a result.</summary>
sealed class TestTpm
{
    public const int Sha1 = 0x0004;
    public const int Sha256 = 0x000b;
    public const int Sha384 = 0x000c;
    public const int RsaSsa = 0x0014;
    public const int RsaPss = 0x0016;
    public const int Ecdsa = 0x0018;

    /// <summary>fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign.</summary>
    public const uint AttestationAttributes = 0x00050072;

    static readonly RSA s_rsa = RSA.Create(2048);
    static readonly ECDsa s_ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static byte[] Nonce { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)(i + 1))];

    public AsymmetricAlgorithm Key { get; init; } = s_ecdsa;

    public int Scheme { get; init; } = Ecdsa;

    public int Hash { get; init; } = Sha256;

    public uint Attributes { get; init; } = AttestationAttributes;

    public byte[] ExtraData { get; init; } = Nonce;

    public uint ResetCount { get; init; } = 7;

    public byte Safe { get; init; } = 1;

    /// <summary>Banks and registers that are quoted.</summary>
    public (int Algorithm, int[] Registers)[] Selections { get; init; } = [(Sha256, [.. Enumerable.Range(0, 24)])];

    public static TestTpm Rsa(int scheme = RsaSsa) => new() { Key = s_rsa, Scheme = scheme };

    public static byte[] Register(int algorithm, int index) => CryptographicOperations.HashData(Name(algorithm), [(byte)index]);

    public ImmutableArray<TpmPcrValues> Values => [.. Selections.Select(selection =>
        TpmPcrValues.Create(selection.Algorithm, selection.Registers.Select(index => KeyValuePair.Create(index, (ReadOnlyMemory<byte>)Register(selection.Algorithm, index)))))];

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public byte[] KeyInfo => Key.ExportSubjectPublicKeyInfo();

    public Measurement KeyDigest => new(SHA256.HashData(KeyInfo));

    /// <summary>TPMT_PUBLIC.</summary>
    public byte[] PublicArea
    {
        get
        {
            if (Key is RSA rsa)
            {
                var modulus = rsa.ExportParameters(false).Modulus!;
                return [.. U16(0x0001), .. U16(Sha256), .. U32(Attributes), 0, 0, .. U16(0x0010), .. U16(Scheme), .. U16(Hash), .. U16(modulus.Length * 8), .. U32(0), .. Sized(modulus)];
            }

            var point = ((ECDsa)Key).ExportParameters(false).Q;
            var curve = Key.KeySize switch { 256 => 3, 384 => 4, _ => 5 };
            return [.. U16(0x0023), .. U16(Sha256), .. U32(Attributes), 0, 0, .. U16(0x0010), .. U16(Scheme), .. U16(Hash), .. U16(curve), .. U16(0x0010), .. Sized(point.X!), .. Sized(point.Y!)];
        }
    }

    /// <summary>TPMS_ATTEST.</summary>
    public byte[] Message => Attest(Digest());

    public byte[] Attest(byte[] digest, uint magic = 0xff544347, int type = 0x8018) =>
    [
        .. U32(magic), .. U16(type), .. Sized([0, 0x0b, .. SHA256.HashData(KeyInfo)]), .. Sized(ExtraData),
        .. U64(123456), .. U32(ResetCount), .. U32(2), Safe, .. U64(0x2016051100162800),
        .. U32((uint)Selections.Length), .. Selections.SelectMany(selection => (byte[])[.. U16(selection.Algorithm), 3, .. Bitmap(selection.Registers)]),
        .. Sized(digest),
    ];

    /// <summary>TPMT_SIGNATURE over a message.</summary>
    public byte[] Sign(byte[] message)
    {
        var hash = Name(Hash);
        if (Key is RSA rsa)
        {
            var padding = Scheme == RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
            return [.. U16(Scheme), .. U16(Hash), .. Sized(rsa.SignData(message, hash, padding))];
        }

        // A TPM's integers carry no leading zeros.
        var fixedField = ((ECDsa)Key).SignData(message, hash);
        var half = fixedField.Length / 2;
        return [.. U16(Scheme), .. U16(Hash), .. Sized(fixedField.AsSpan(0, half).TrimStart((byte)0).ToArray()), .. Sized(fixedField.AsSpan(half).TrimStart((byte)0).ToArray())];
    }

    public TpmSignedQuote Quote
    {
        get
        {
            var message = Message;
            return new TpmSignedQuote { Quote = TpmQuote.Parse(message), Signature = TpmSignature.Parse(Sign(message)), Values = Values };
        }
    }

    public TpmEvidence Evidence
    {
        get
        {
            var area = TpmPublic.Parse(PublicArea);
            return new TpmEvidence { Quotes = [Quote], AttestationKey = area, AttestationKeyInfo = area.SubjectPublicKeyInfo };
        }
    }

    public TpmVerification Verification => new() { Anchors = [KeyDigest], At = TestAuthority.Now, Nonce = Nonce };

    /// <summary>"amnion/tpm-evidence/1".</summary>
    public byte[] Json(byte[]? log = null) => System.Text.Encoding.UTF8.GetBytes(
        "{\"format\":\"amnion/tpm-evidence/1\",\"quotes\":[" + Quotes() + "],\"ak_public\":\"" + Convert.ToBase64String(PublicArea) + "\"" + (log is null ? string.Empty : ",\"event_log\":\"" + Convert.ToBase64String(log) + "\"") + "}");

    public byte[] Digest()
    {
        using var digest = IncrementalHash.CreateHash(Name(Hash));
        foreach (var (algorithm, registers) in Selections)
        {
            foreach (var index in registers)
            {
                digest.AppendData(Register(algorithm, index));
            }
        }

        return digest.GetHashAndReset();
    }

    public static byte[] U16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    public static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Sized(byte[] value) => [.. U16(value.Length), .. value];

    string Quotes()
    {
        var message = Message;
        var banks = string.Join(',', Selections.Select(selection => "\"sha" + Name(selection.Algorithm).Name![3..] + "\":{" + string.Join(',', selection.Registers.Select(index => $"\"{index}\":\"{Convert.ToHexStringLower(Register(selection.Algorithm, index))}\"")) + "}"));
        return "{\"message\":\"" + Convert.ToBase64String(message) + "\",\"signature\":\"" + Convert.ToBase64String(Sign(message)) + "\",\"pcrs\":{" + banks + "}}";
    }

    static byte[] Bitmap(int[] registers)
    {
        var bitmap = new byte[3];
        foreach (var index in registers)
        {
            bitmap[index / 8] |= (byte)(1 << (index % 8));
        }

        return bitmap;
    }

    static byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    static HashAlgorithmName Name(int algorithm) => algorithm switch
    {
        Sha1 => HashAlgorithmName.SHA1,
        Sha384 => HashAlgorithmName.SHA384,
        0x000d => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };
}
