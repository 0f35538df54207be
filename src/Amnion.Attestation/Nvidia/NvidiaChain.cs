using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nvidia;

/// <summary>Certificates of a device or of a manifest's signer as given, leaf first and root last; parsed, not verified.</summary>
public sealed class NvidiaChain
{
    /// <summary>Most certificates; NVIDIA's device chains have five, its manifests' four.</summary>
    public const int MaxCount = 8;

    /// <summary>Most bytes of one certificate; NVIDIA's are below 800.</summary>
    public const int MaxCertificateLength = 4096;

    /// <summary>Most bytes of PEM text.</summary>
    public const int MaxPemLength = 48 * 1024;

    const string SerialNumberAttribute = "2.5.4.5";

    readonly ImmutableArray<Certificate> _certificates;

    NvidiaChain(ImmutableArray<Certificate> certificates) => _certificates = certificates;

    /// <summary>DER, leaf first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates => [.. _certificates.Select(certificate => certificate.Der)];

    /// <summary>The time from which all certificates are valid.</summary>
    public DateTimeOffset ValidFrom => _certificates.Max(certificate => certificate.NotBefore);

    /// <summary>The time until which all certificates are valid.</summary>
    public DateTimeOffset ValidUntil => _certificates.Min(certificate => certificate.NotAfter);

    /// <summary>Lower-case hexadecimal of the SHA-256 of the last certificate.</summary>
    public string RootDigest => Convert.ToHexStringLower(SHA256.HashData(_certificates[^1].Der.Span));

    /// <summary>SHA-256 of the last certificate's SubjectPublicKeyInfo.</summary>
    public Measurement RootKeyDigest => _certificates[^1].KeyDigest;

    /// <summary>Serial number in the subject of the certificate above the leaf: fused into the device, unlike the leaf, which changes with the firmware. Null where there is none.</summary>
    public string? DeviceId => _certificates.Length > 1 ? Attribute(1, SerialNumberAttribute) : null;

    /// <summary>Chip and boot ROM, for example "GH100 A01 GSP BROM"; null where there is none.</summary>
    public string? HardwareModel => _certificates.Length > 1 ? _certificates[1].CommonName : null;

    /// <summary>The leaf's serial number, decimal: what NVIDIA's claims call ueid.</summary>
    public string Ueid => new BigInteger(_certificates[0].SerialNumber.Span, isUnsigned: false, isBigEndian: true).ToString(System.Globalization.CultureInfo.InvariantCulture);

    internal IReadOnlyList<Certificate> LeafFirst => _certificates;

    internal Certificate Leaf => _certificates[0];

    internal Certificate Root => _certificates[^1];

    /// <summary>The chip's name from the leaf's subject without underscores, for example "GH100", "GB100" or "LS10"; null where the subject has no common name.</summary>
    internal string? Chip => Leaf.CommonName?.Split(' ')[0].Replace("_", string.Empty, StringComparison.Ordinal);

    /// <summary>Parses PEM text, the leaf first, nothing but certificates and white space.</summary>
    /// <exception cref="NvidiaFormatException">Anything else.</exception>
    public static NvidiaChain ParsePem(ReadOnlySpan<byte> pem) => ParsePem(pem, null);

    internal static NvidiaChain ParsePem(ReadOnlySpan<byte> pem, AppraisalCache? cache)
    {
        if (pem.Length > MaxPemLength || pem.ContainsAnyExceptInRange((byte)0x09, (byte)0x7e))
        {
            throw new NvidiaFormatException(0, "certificate chain", "is longer than 48 KiB, or not ASCII text");
        }

        var text = Encoding.ASCII.GetString(pem);
        var certificates = new List<ReadOnlyMemory<byte>>();
        var at = 0;
        while (PemEncoding.TryFind(text.AsSpan(at), out var fields))
        {
            if (!text.AsSpan(at)[..fields.Location.Start.Value].IsWhiteSpace() || !text.AsSpan(at)[fields.Label].SequenceEqual("CERTIFICATE") || certificates.Count == MaxCount)
            {
                throw new NvidiaFormatException(at, "certificate chain", "has something other than at most 8 certificates");
            }

            certificates.Add(Convert.FromBase64String(text.AsSpan(at)[fields.Base64Data].ToString()));
            at += fields.Location.End.Value;
        }

        return text.AsSpan(at).IsWhiteSpace() ? FromDer(certificates, cache) : throw new NvidiaFormatException(at, "certificate chain", "has something after the certificates");
    }

    /// <summary>As <see cref="ParsePem(ReadOnlySpan{byte})"/>, without the exception.</summary>
    public static bool TryParsePem(ReadOnlySpan<byte> pem, [NotNullWhen(true)] out NvidiaChain? chain)
    {
        try
        {
            chain = ParsePem(pem);
            return true;
        }
        catch (NvidiaFormatException)
        {
            chain = null;
            return false;
        }
    }

    /// <summary>Parses DER certificates, the leaf first.</summary>
    /// <exception cref="NvidiaFormatException">None, too many, or one that is not strict DER.</exception>
    public static NvidiaChain FromDer(IReadOnlyCollection<ReadOnlyMemory<byte>> certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        return FromDer(certificates, null);
    }

    internal static NvidiaChain FromDer(IReadOnlyCollection<ReadOnlyMemory<byte>> certificates, AppraisalCache? cache)
    {
        if (certificates.Count is 0 or > MaxCount)
        {
            throw new NvidiaFormatException(0, "certificate chain", "has no certificates, or more than 8");
        }

        return new NvidiaChain([.. certificates.Select(der => ReadCertificate(der, cache))]);
    }

    /// <summary>A certificate as NVIDIA writes them: CAs have a GeneralizedTime before 2050.</summary>
    internal static Certificate ReadCertificate(ReadOnlyMemory<byte> der, AppraisalCache? cache)
    {
        if (der.Length > MaxCertificateLength)
        {
            throw new NvidiaFormatException(0, "certificate", "is longer than 4096 bytes");
        }

        try
        {
            return AppraisalCache.Read(cache, nameof(NvidiaChain), der, static bytes => Certificate.Parse(bytes, anyTimeForm: true));
        }
        catch (CertificateFormatException exception)
        {
            throw new NvidiaFormatException(exception.Offset, "certificate " + exception.Field, exception.Message);
        }
    }

    /// <summary>The subject as RFC 4514 writes it; attributes without a short name there by number.</summary>
    internal string Subject(int index) => DistinguishedNameText.Write(_certificates[index].Subject);

    string? Attribute(int index, string oid)
    {
        try
        {
            var values = DistinguishedName.Read(_certificates[index].Subject).Where(attribute => attribute.Oid == oid).Select(attribute => attribute.Value).ToList();
            return values.Count == 1 ? values[0] : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
