using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// A version 3 certificate, RFC 5280 §4.1, read strictly: DER throughout, no trailing bytes, nothing twice. The BCL's loader accepts
/// trailing bytes and its chain engine ignores leaf CA flags and algorithms, which is why the fields are read here.
/// </summary>
sealed class Certificate
{
    /// <summary>Signing certificates of build systems carry the most, some twenty.</summary>
    const int MaxExtensions = 32;

    /// <summary>Four octets and a sign.</summary>
    const int MaxExponentLength = 5;

    /// <summary>NULL in DER.</summary>
    static readonly byte[] s_null = [5, 0];

    static readonly Asn1Tag s_version = new(TagClass.ContextSpecific, 0, isConstructed: true);

    readonly bool _anyTimeForm;
    readonly VerifiedSignature _verified = new();
    readonly Lazy<SignatureAlgorithm?> _algorithm;
    readonly Lazy<PublicKey?> _key;
    readonly Lazy<string?> _commonName;
    readonly Lazy<Measurement> _keyDigest;
    readonly Lazy<CertificateId> _id;
    readonly Lazy<string> _keyText;
    PathStructure? _structure;

    Certificate(ReadOnlyMemory<byte> der, bool anyTimeForm)
    {
        Der = der;
        _anyTimeForm = anyTimeForm;
        _algorithm = new(() => Certificates.SignatureAlgorithm.Same(SignatureAlgorithm, InnerSignatureAlgorithm));
        _key = new(() => PublicKey.From(this));
        _commonName = new(() => DistinguishedName.CommonName(Subject));
        _keyDigest = new(() => new Measurement(SHA256.HashData(SubjectPublicKeyInfo.Span)));
        _keyText = new(() => "key " + KeyDigest.ToTaggedString());
        _id = new(() => new CertificateId(Convert.ToHexStringLower(Issuer.Span), Convert.ToHexStringLower(SerialNumber.Span)));
    }

    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>The exact bytes the issuer signed.</summary>
    public ReadOnlyMemory<byte> Tbs { get; private init; }

    /// <summary>The outer AlgorithmIdentifier.</summary>
    public ReadOnlyMemory<byte> SignatureAlgorithm { get; private init; }

    /// <summary>The AlgorithmIdentifier under the signature; must equal the outer one.</summary>
    public ReadOnlyMemory<byte> InnerSignatureAlgorithm { get; private set; }

    public string SignatureAlgorithmOid { get; private set; } = string.Empty;

    public ReadOnlyMemory<byte> Signature { get; private init; }

    public ReadOnlyMemory<byte> SerialNumber { get; private set; }

    public ReadOnlyMemory<byte> Issuer { get; private set; }

    public ReadOnlyMemory<byte> Subject { get; private set; }

    /// <summary>Whether issuer and subject are the same bytes.</summary>
    public bool IsSelfIssued { get; private set; }

    public DateTimeOffset NotBefore { get; private set; }

    public DateTimeOffset NotAfter { get; private set; }

    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; private set; }

    public string KeyAlgorithmOid { get; private set; } = string.Empty;

    /// <summary>Named curve of an elliptic-curve key; null for other keys and explicit parameters.</summary>
    public string? CurveOid { get; private set; }

    /// <summary>Size of an RSA modulus in bits; 0 for other keys.</summary>
    public int RsaModulusBits { get; private set; }

    /// <summary>Content of subjectPublicKey; for elliptic curves the point.</summary>
    public ReadOnlyMemory<byte> PublicKeyBits { get; private set; }

    public IReadOnlyList<CertificateExtension> Extensions { get; private set; } = [];

    /// <summary>basicConstraints, RFC 5280 §4.2.1.9; absent means not a CA.</summary>
    public bool IsCertificateAuthority { get; private set; }

    public bool BasicConstraintsCritical { get; private set; }

    /// <summary>pathLenConstraint; null where absent.</summary>
    public int? PathLength { get; private set; }

    /// <summary>keyUsage, RFC 5280 §4.2.1.3; null where absent.</summary>
    public X509KeyUsageFlags? KeyUsage { get; private set; }

    public CertificateId Id => _id.Value;

    /// <summary>The subject's only common name; null where there is none or several.</summary>
    public string? CommonName => _commonName.Value;

    /// <summary>SHA-256 of <see cref="SubjectPublicKeyInfo"/>, by which keys are pinned.</summary>
    public Measurement KeyDigest => _keyDigest.Value;

    /// <summary><see cref="KeyDigest"/> in the words of checks.</summary>
    public string KeyText => _keyText.Value;

    /// <summary>What was last found to hold of a path that ends in this certificate; null where nothing was.</summary>
    public PathStructure? Structure
    {
        get => Volatile.Read(ref _structure);
        set => Volatile.Write(ref _structure, value);
    }

    /// <summary>
    /// The key, loaded once and shared by all that use this certificate; null where it is none that can be used. Verification does not change a
    /// key, so threads may share it.
    /// </summary>
    public PublicKey? Key => _key.Value;

    /// <summary>The algorithm, where it is one known here and named alike outside and under the signature (RFC 5280 §4.1.1.2); otherwise null.</summary>
    public SignatureAlgorithm? Algorithm => _algorithm.Value;

    /// <summary>Whether the signature verifies under the issuer's key. Names prove nothing and are not compared.</summary>
    public bool IsSignedBy(Certificate issuer) => Algorithm is not null && _verified.IsBy(issuer, this, static (key, certificate) => key.Verify(certificate.Tbs.Span, certificate.Signature, certificate.Algorithm!.Value));

    /// <summary>As <see cref="Parse(ReadOnlyMemory{byte}, bool)"/>, remembered in a cache.</summary>
    /// <exception cref="CertificateFormatException">Anything else.</exception>
    public static Certificate Parse(ReadOnlyMemory<byte> der, AppraisalCache? cache) => AppraisalCache.Read(cache, nameof(Certificate), der, static bytes => Parse(bytes));

    /// <summary>Parses exactly one certificate; keeps a reference to <paramref name="der"/>.</summary>
    /// <param name="der">The certificate.</param>
    /// <param name="anyTimeForm">Also takes validity times as GeneralizedTime before 2050, against RFC 5280 §4.1.2.5: NVIDIA's CAs write them so.</param>
    /// <exception cref="CertificateFormatException">Anything else.</exception>
    public static Certificate Parse(ReadOnlyMemory<byte> der, bool anyTimeForm = false)
    {
        var field = "certificate";
        var rest = der;
        try
        {
            var (tbs, algorithm, signature) = DerItem.ReadSigned(der);
            var certificate = new Certificate(der, anyTimeForm) { Tbs = tbs, SignatureAlgorithm = algorithm, Signature = signature };
            var outer = new AsnReader(tbs, AsnEncodingRules.DER);
            var reader = outer.ReadSequence();
            foreach (var (name, read) in s_fields)
            {
                field = name;
                rest = reader.HasData ? reader.PeekEncodedValue() : default;
                read(certificate, reader);
            }

            field = "tbsCertificate";
            reader.ThrowIfNotEmpty();
            return certificate;
        }
        catch (AsnContentException exception)
        {
            throw new CertificateFormatException(field, exception.Message, OffsetIn(der, rest));
        }
    }

    static readonly (string Name, Action<Certificate, AsnReader> Read)[] s_fields =
    [
        ("tbsCertificate.version", static (_, reader) => ReadVersion(reader)),
        ("tbsCertificate.serialNumber", static (certificate, reader) => certificate.SerialNumber = ReadSerial(reader)),
        ("tbsCertificate.signature", static (certificate, reader) => certificate.InnerSignatureAlgorithm = reader.ReadEncodedValue()),
        ("signatureAlgorithm", static (certificate, _) => certificate.SignatureAlgorithmOid = DerItem.ReadAlgorithm(certificate.SignatureAlgorithm).Oid),
        ("tbsCertificate.issuer", static (certificate, reader) => certificate.Issuer = ReadName(reader)),
        ("tbsCertificate.validity", static (certificate, reader) => certificate.ReadValidity(reader.ReadSequence())),
        ("tbsCertificate.subject", static (certificate, reader) => certificate.ReadSubject(reader)),
        ("tbsCertificate.subjectPublicKeyInfo", static (certificate, reader) => certificate.ReadKey(reader)),
        ("tbsCertificate.extensions", static (certificate, reader) => certificate.ReadExtensions(reader)),
    ];

    static void ReadVersion(AsnReader reader)
    {
        var wrapper = reader.ReadSequence(s_version);
        if (!wrapper.TryReadInt32(out var version) || version != 2)
        {
            throw new AsnContentException("Version 3 is the only one with extensions, which CA certificates need.");
        }

        wrapper.ThrowIfNotEmpty();
    }

    static ReadOnlyMemory<byte> ReadSerial(AsnReader reader)
    {
        var serial = reader.ReadIntegerBytes();
        return serial.Length <= 21 ? serial : throw new AsnContentException("A serial number has at most 20 octets.");
    }

    static ReadOnlyMemory<byte> ReadName(AsnReader reader)
    {
        var name = reader.PeekEncodedValue();
        var relative = reader.ReadSequence();
        while (relative.HasData)
        {
            _ = relative.ReadSetOf();
        }

        return name;
    }

    void ReadSubject(AsnReader reader)
    {
        Subject = ReadName(reader);
        IsSelfIssued = Issuer.Span.SequenceEqual(Subject.Span);
    }

    void ReadValidity(AsnReader validity)
    {
        NotBefore = DerItem.ReadTime(validity, _anyTimeForm);
        NotAfter = DerItem.ReadTime(validity, _anyTimeForm);
        validity.ThrowIfNotEmpty();
    }

    void ReadKey(AsnReader reader)
    {
        SubjectPublicKeyInfo = reader.PeekEncodedValue();
        var info = reader.ReadSequence();
        var (oid, parameters) = DerItem.ReadAlgorithm(info.ReadEncodedValue());
        PublicKeyBits = DerItem.ReadOctetAlignedBits(info);
        info.ThrowIfNotEmpty();
        KeyAlgorithmOid = oid;
        if (oid == Oids.EcPublicKey && !parameters.IsEmpty)
        {
            var curve = new AsnReader(parameters, AsnEncodingRules.DER);
            CurveOid = curve.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier) ? curve.ReadObjectIdentifier() : null;
        }
        else if (oid == Oids.RsaEncryption)
        {
            if (!parameters.Span.SequenceEqual(s_null))
            {
                // RFC 3279 §2.3.1. Otherwise one key has many encodings, and with each of them another digest.
                throw new AsnContentException("parameters of rsaEncryption are not NULL.");
            }

            RsaModulusBits = ReadModulusBits();
        }
    }

    /// <summary>RSAPublicKey, RFC 8017 §A.1.1.</summary>
    int ReadModulusBits()
    {
        var outer = new AsnReader(PublicKeyBits, AsnEncodingRules.DER);
        var key = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var modulus = key.ReadIntegerBytes().Span.TrimStart((byte)0);
        if (key.ReadIntegerBytes().Length > MaxExponentLength)
        {
            // A long exponent only makes verification slow: 65537 is what everybody uses.
            throw new AsnContentException("publicExponent has more than 32 bits.");
        }

        key.ThrowIfNotEmpty();
        return modulus.IsEmpty ? 0 : (modulus.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount((uint)modulus[0]) + 24;
    }

    void ReadExtensions(AsnReader reader)
    {
        if (!reader.HasData)
        {
            return;
        }

        Extensions = DerItem.ReadCertificateExtensions(reader, MaxExtensions);
        foreach (var extension in Extensions)
        {
            var value = new AsnReader(extension.Value, AsnEncodingRules.DER);
            switch (extension.Oid)
            {
                case Oids.BasicConstraints:
                    ReadBasicConstraints(value.ReadSequence());
                    BasicConstraintsCritical = extension.Critical;
                    break;
                case Oids.KeyUsage:
                    // The enumeration's bits are DER's bit numbers within each octet, counted from the top: digitalSignature (0) is 0x80.
                    KeyUsage = ToFlags(value.ReadBitString(out _));
                    break;
                default:
                    continue;
            }

            value.ThrowIfNotEmpty();
        }
    }

    void ReadBasicConstraints(AsnReader constraints)
    {
        IsCertificateAuthority = constraints.HasData && constraints.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && constraints.ReadBoolean();
        if (constraints.HasData)
        {
            PathLength = constraints.TryReadInt32(out var length) && length >= 0
                ? length
                : throw new AsnContentException("pathLenConstraint is not a small non-negative integer.");
        }

        constraints.ThrowIfNotEmpty();
    }

    static X509KeyUsageFlags ToFlags(byte[] bits) => bits.Length switch
    {
        1 => (X509KeyUsageFlags)bits[0],
        2 => (X509KeyUsageFlags)(bits[0] | (bits[1] << 8)),
        _ => throw new AsnContentException("keyUsage has one or two octets."),
    };

    static int OffsetIn(ReadOnlyMemory<byte> whole, ReadOnlyMemory<byte> part) =>
        part.IsEmpty || !whole.Span.Overlaps(part.Span, out var offset) ? 0 : offset;
}
