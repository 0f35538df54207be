using System.Globalization;
using System.Numerics;

namespace Amnion.Attestation.Tpm;

/// <summary>A signature of a TPM: TPMT_SIGNATURE of RSASSA, RSAPSS or ECDSA, TPM 2.0 Library Part 2 §11.3.4.</summary>
public sealed class TpmSignature
{
    /// <summary>Most bytes: RSA of 4096 bits with its header.</summary>
    public const int MaxLength = 4 + 2 + MaxInteger;

    const int MaxInteger = 512;

    TpmSignature()
    {
    }

    /// <summary>TPM_ALG_ID of the scheme: 0x0014 RSASSA, 0x0016 RSAPSS or 0x0018 ECDSA.</summary>
    public required int Scheme { get; init; }

    /// <summary>TPM_ALG_ID of the scheme's hash, which a quote's digest of registers uses too.</summary>
    public required int Hash { get; init; }

    /// <summary>For RSA the signature; for ECDSA r.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>For ECDSA s; else empty.</summary>
    public ReadOnlyMemory<byte> Second { get; init; }

    /// <summary>Parses one TPMT_SIGNATURE.</summary>
    /// <exception cref="TpmFormatException">Another scheme, or any other byte.</exception>
    public static TpmSignature Parse(ReadOnlySpan<byte> signature) => Parse(signature, 0);

    /// <summary>A bare PKCS #1 v1.5 signature with SHA-256, which the wrappings of Azure's virtual TPM carry without the header.</summary>
    /// <exception cref="TpmFormatException">Empty or too long.</exception>
    public static TpmSignature FromRsaSsaSha256(ReadOnlySpan<byte> signature) => signature.Length is > 0 and <= MaxInteger
        ? new TpmSignature { Scheme = TpmAlgorithm.RsaSsa, Hash = TcgHash.Sha256, Value = signature.ToArray() }
        : throw new TpmFormatException(0, "signature", string.Create(CultureInfo.InvariantCulture, $"{signature.Length} bytes; expected 1 to {MaxInteger}"));

    internal static TpmSignature Parse(ReadOnlySpan<byte> signature, int origin)
    {
        var reader = new TpmReader(signature, origin);
        var scheme = reader.ReadUInt16("TPMT_SIGNATURE.sigAlg");
        if (scheme is not (TpmAlgorithm.RsaSsa or TpmAlgorithm.RsaPss or TpmAlgorithm.Ecdsa))
        {
            throw reader.Refuse("TPMT_SIGNATURE.sigAlg", string.Create(CultureInfo.InvariantCulture, $"0x{scheme:x4}; expected RSASSA, RSAPSS or ECDSA"));
        }

        var hash = reader.ReadUInt16("TPMT_SIGNATURE.hash");
        if (TpmAlgorithm.DigestLength(hash) == 0)
        {
            throw reader.Refuse("TPMT_SIGNATURE.hash", string.Create(CultureInfo.InvariantCulture, $"0x{hash:x4} is no hash known here"));
        }

        var value = reader.ReadSized(MaxInteger, "TPMT_SIGNATURE.signature").ToArray();
        var second = scheme == TpmAlgorithm.Ecdsa ? reader.ReadSized(MaxInteger, "TPMT_SIGNATURE.signatureS").ToArray() : [];
        reader.ExpectEnd("TPMT_SIGNATURE");
        return new TpmSignature { Scheme = scheme, Hash = hash, Value = value, Second = second };
    }

    /// <summary>r ‖ s with coordinates of the curve's length. A TPM may leave out leading zeros, which is the only freedom taken; null where one is longer.</summary>
    internal byte[]? ToFixed(int coordinate)
    {
        var fixedField = new byte[2 * coordinate];
        return TryPlace(Value.Span, fixedField.AsSpan(0, coordinate)) && TryPlace(Second.Span, fixedField.AsSpan(coordinate)) ? fixedField : null;
    }

    static bool TryPlace(ReadOnlySpan<byte> integer, Span<byte> destination)
    {
        if (integer.IsEmpty || integer.Length > destination.Length || new BigInteger(integer, isUnsigned: true).IsZero)
        {
            return false;
        }

        integer.CopyTo(destination[^integer.Length..]);
        return true;
    }
}
