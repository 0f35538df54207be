using System.Formats.Asn1;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// A complete version 2 revocation list, RFC 5280 §5. Lists with critical extensions (delta, indirect, partitioned) are refused
/// by the rules that use them: treating a part as the whole would miss revocations.
/// </summary>
sealed class RevocationList
{
    /// <summary>Most bytes of one list; AWS's are below 1 KiB.</summary>
    public const int MaxLength = 1024 * 1024;

    const int MaxExtensions = 16;

    static readonly Asn1Tag s_extensions = new(TagClass.ContextSpecific, 0, isConstructed: true);

    readonly VerifiedSignature _verified = new();
    readonly Lazy<SignatureAlgorithm?> _algorithm;

    RevocationList(ReadOnlyMemory<byte> tbs, ReadOnlyMemory<byte> algorithm, ReadOnlyMemory<byte> signature)
    {
        Tbs = tbs;
        SignatureAlgorithm = algorithm;
        Signature = signature;
        _algorithm = new(() => Certificates.SignatureAlgorithm.Same(SignatureAlgorithm, InnerSignatureAlgorithm));
    }

    public ReadOnlyMemory<byte> Tbs { get; }

    public ReadOnlyMemory<byte> SignatureAlgorithm { get; }

    public ReadOnlyMemory<byte> InnerSignatureAlgorithm { get; private set; }

    public ReadOnlyMemory<byte> Signature { get; }

    public ReadOnlyMemory<byte> Issuer { get; private set; }

    public DateTimeOffset ThisUpdate { get; private set; }

    /// <summary>Null where absent, which RFC 5280 §5.1.2.5 forbids and the rules refuse.</summary>
    public DateTimeOffset? NextUpdate { get; private set; }

    /// <summary>True where the list or an entry has a critical extension.</summary>
    public bool HasCriticalExtension { get; private set; }

    /// <summary>Lower-case hexadecimal of each revoked serial's content octets.</summary>
    public HashSet<string> SerialNumbers { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the signature verifies under the issuer's key.</summary>
    public bool IsSignedBy(Certificate issuer) => Algorithm is not null && _verified.IsBy(issuer, this, static (key, list) => key.Verify(list.Tbs.Span, list.Signature, list.Algorithm!.Value));

    /// <summary>As <see cref="Certificate.Algorithm"/>.</summary>
    public SignatureAlgorithm? Algorithm => _algorithm.Value;

    /// <summary>As <see cref="Parse(ReadOnlyMemory{byte})"/>, remembered in a cache.</summary>
    /// <exception cref="CertificateFormatException">Anything else.</exception>
    public static RevocationList Parse(ReadOnlyMemory<byte> der, AppraisalCache? cache) => AppraisalCache.Read(cache, nameof(RevocationList), der, Parse);

    /// <summary>Parses exactly one list.</summary>
    /// <exception cref="CertificateFormatException">Anything else.</exception>
    public static RevocationList Parse(ReadOnlyMemory<byte> der)
    {
        if (der.Length > MaxLength)
        {
            throw new CertificateFormatException("certificateList", "longer than 1 MiB", MaxLength);
        }

        try
        {
            var (tbs, algorithm, signature) = DerItem.ReadSigned(der);
            var list = new RevocationList(tbs, algorithm, signature);
            var outer = new AsnReader(tbs, AsnEncodingRules.DER);
            list.Read(outer.ReadSequence());
            return list;
        }
        catch (AsnContentException exception)
        {
            throw new CertificateFormatException("tbsCertList", exception.Message, 0);
        }
    }

    void Read(AsnReader tbs)
    {
        if (!tbs.TryReadInt32(out var version) || version != 1)
        {
            throw new AsnContentException("Version 2 is required.");
        }

        InnerSignatureAlgorithm = tbs.ReadEncodedValue();
        Issuer = tbs.ReadEncodedValue();
        ThisUpdate = DerItem.ReadTime(tbs);
        NextUpdate = tbs.HasData && IsTime(tbs.PeekTag()) ? DerItem.ReadTime(tbs) : null;
        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            ReadEntries(tbs.ReadSequence());
        }

        if (tbs.HasData)
        {
            var wrapper = tbs.ReadSequence(s_extensions);
            Note(DerItem.ReadExtensions(wrapper.ReadSequence(), MaxExtensions));
            wrapper.ThrowIfNotEmpty();
        }

        tbs.ThrowIfNotEmpty();
    }

    void ReadEntries(AsnReader entries)
    {
        while (entries.HasData)
        {
            var entry = entries.ReadSequence();
            SerialNumbers.Add(Convert.ToHexStringLower(entry.ReadIntegerBytes().Span));
            _ = DerItem.ReadTime(entry);
            if (entry.HasData)
            {
                Note(DerItem.ReadExtensions(entry.ReadSequence(), MaxExtensions));
            }

            entry.ThrowIfNotEmpty();
        }
    }

    void Note(List<CertificateExtension> extensions) => HasCriticalExtension |= extensions.Exists(extension => extension.Critical);

    static bool IsTime(Asn1Tag tag) => tag.HasSameClassAndValue(Asn1Tag.UtcTime) || tag.HasSameClassAndValue(Asn1Tag.GeneralizedTime);
}
