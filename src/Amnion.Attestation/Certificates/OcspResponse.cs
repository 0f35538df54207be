using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Amnion.Attestation.Certificates;

/// <summary>An OCSP response, RFC 6960 §4.2.1, read strictly: DER throughout, no trailing bytes, the basic response type only.</summary>
sealed class OcspResponse
{
    /// <summary>Most bytes; NVIDIA's are below 1 KiB, and some responders attach a chain.</summary>
    public const int MaxLength = 32 * 1024;

    const string BasicType = "1.3.6.1.5.5.7.48.1.1";
    const string NonceExtension = "1.3.6.1.5.5.7.48.1.2";
    const int MaxAnswers = 16;
    const int MaxCertificates = 4;
    const int MaxExtensions = 8;

    /// <summary>Longest nonce: RFC 9654 §2.1.</summary>
    const int MaxNonceLength = 128;

    static readonly Asn1Tag s_0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    static readonly Asn1Tag s_1 = new(TagClass.ContextSpecific, 1, isConstructed: true);
    static readonly Asn1Tag s_2 = new(TagClass.ContextSpecific, 2, isConstructed: true);
    static readonly Asn1Tag s_good = new(TagClass.ContextSpecific, 0);
    static readonly Asn1Tag s_unknown = new(TagClass.ContextSpecific, 2);

    readonly VerifiedSignature _verified = new();

    /// <summary>OCSPResponseStatus; 0 is successful, and only then is there anything else.</summary>
    public int Status { get; private set; }

    /// <summary>The exact bytes the responder signed.</summary>
    public ReadOnlyMemory<byte> Tbs { get; private set; }

    public ReadOnlyMemory<byte> SignatureAlgorithm { get; private set; }

    public ReadOnlyMemory<byte> Signature { get; private set; }

    /// <summary>Certificates that came along, in their order.</summary>
    public ImmutableArray<Certificate> Certificates { get; private set; } = [];

    /// <summary>The responder's Name, DER; null where it is named by key.</summary>
    public ReadOnlyMemory<byte>? ResponderName { get; private set; }

    /// <summary>SHA-1 of the responder's key bits; null where it is named by Name. It only picks a certificate.</summary>
    public ReadOnlyMemory<byte>? ResponderKeyHash { get; private set; }

    public DateTimeOffset ProducedAt { get; private set; }

    public ImmutableArray<OcspSingleResponse> Answers { get; private set; } = [];

    /// <summary>The requester's nonce; null where absent.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; private set; }

    public bool HasCriticalExtension { get; private set; }

    /// <summary>Whether the signature, by the algorithm that the response names, verifies under the signer's key.</summary>
    public bool IsSignedBy(Certificate signer) => _verified.IsBy(signer, this, static (key, response) =>
        Amnion.Attestation.Certificates.SignatureAlgorithm.Parse(response.SignatureAlgorithm) is { } algorithm && key.Verify(response.Tbs.Span, response.Signature, algorithm));

    /// <summary>Parses exactly one response.</summary>
    /// <param name="der">The response.</param>
    /// <param name="anyTimeForm">Passed on to <see cref="Certificate.Parse(ReadOnlyMemory{byte}, bool)"/> for the certificates inside.</param>
    /// <exception cref="CertificateFormatException">Anything else.</exception>
    public static OcspResponse Parse(ReadOnlyMemory<byte> der, bool anyTimeForm = false)
    {
        if (der.Length > MaxLength)
        {
            throw new CertificateFormatException("OCSPResponse", "longer than 32 KiB", MaxLength);
        }

        var field = "OCSPResponse";
        try
        {
            var response = new OcspResponse();
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            response.Status = sequence.ReadEnumeratedBytes().Span is [var status] ? status : throw new AsnContentException("responseStatus has one octet.");
            if (response.Status != 0)
            {
                sequence.ThrowIfNotEmpty();
                return response;
            }

            var basic = Basic(sequence);
            field = "BasicOCSPResponse";
            response.ReadBasic(basic, anyTimeForm);
            field = "ResponseData";
            response.ReadData();
            return response;
        }
        catch (AsnContentException exception)
        {
            throw new CertificateFormatException(field, exception.Message, 0);
        }
    }

    static ReadOnlyMemory<byte> Basic(AsnReader sequence)
    {
        var wrapper = sequence.ReadSequence(s_0);
        sequence.ThrowIfNotEmpty();
        var bytes = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        if (bytes.ReadObjectIdentifier() != BasicType)
        {
            throw new AsnContentException("The response type is not id-pkix-ocsp-basic.");
        }

        var basic = bytes.ReadOctetString();
        bytes.ThrowIfNotEmpty();
        return basic;
    }

    void ReadBasic(ReadOnlyMemory<byte> basic, bool anyTimeForm)
    {
        var outer = new AsnReader(basic, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        Tbs = sequence.ReadEncodedValue();
        SignatureAlgorithm = sequence.ReadEncodedValue();
        Signature = DerItem.ReadOctetAlignedBits(sequence);
        if (sequence.HasData)
        {
            var wrapper = sequence.ReadSequence(s_0);
            var list = wrapper.ReadSequence();
            wrapper.ThrowIfNotEmpty();
            var certificates = ImmutableArray.CreateBuilder<Certificate>();
            while (list.HasData)
            {
                var encoded = list.ReadEncodedValue();
                certificates.Add(certificates.Count < MaxCertificates ? Certificate.Parse(encoded, anyTimeForm) : throw new AsnContentException("There are more than 4 certificates."));
            }

            Certificates = certificates.ToImmutable();
        }

        sequence.ThrowIfNotEmpty();
    }

    void ReadData()
    {
        var outer = new AsnReader(Tbs, AsnEncodingRules.DER);
        var data = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var responder = data.PeekTag() == s_1 ? data.ReadSequence(s_1) : data.ReadSequence(s_2);
        ReadResponder(responder);
        ProducedAt = ReadTime(data);
        var list = data.ReadSequence();
        var answers = ImmutableArray.CreateBuilder<OcspSingleResponse>();
        while (list.HasData)
        {
            answers.Add(answers.Count < MaxAnswers ? ReadAnswer(list.ReadSequence()) : throw new AsnContentException("There are more than 16 answers."));
        }

        Answers = answers.ToImmutable();
        foreach (var extension in ReadExtensions(data, s_1))
        {
            if (extension.Oid == NonceExtension)
            {
                var value = new AsnReader(extension.Value, AsnEncodingRules.DER);
                Nonce = value.ReadOctetString();
                value.ThrowIfNotEmpty();
                if (Nonce.Value.Length is 0 or > MaxNonceLength)
                {
                    throw new AsnContentException("A nonce has 1 to 128 octets.");
                }
            }
            else
            {
                HasCriticalExtension |= extension.Critical;
            }
        }

        data.ThrowIfNotEmpty();
    }

    /// <summary>byName [1] Name or byKey [2] OCTET STRING, both explicit.</summary>
    void ReadResponder(AsnReader responder)
    {
        if (responder.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            ResponderName = responder.ReadEncodedValue();
        }
        else
        {
            ResponderKeyHash = responder.ReadOctetString();
        }

        responder.ThrowIfNotEmpty();
    }

    static OcspSingleResponse ReadAnswer(AsnReader answer)
    {
        var id = answer.ReadSequence();
        var (hash, parameters) = DerItem.ReadAlgorithm(id.ReadEncodedValue());
        var name = id.ReadOctetString();
        var key = id.ReadOctetString();
        var serial = id.ReadIntegerBytes();
        id.ThrowIfNotEmpty();
        var (status, revokedAt, reason) = ReadStatus(answer);
        var thisUpdate = ReadTime(answer);
        DateTimeOffset? nextUpdate = null;
        if (answer.HasData && answer.PeekTag() == s_0)
        {
            var wrapper = answer.ReadSequence(s_0);
            nextUpdate = ReadTime(wrapper);
            wrapper.ThrowIfNotEmpty();
        }

        var critical = ReadExtensions(answer, s_1).Exists(extension => extension.Critical);
        answer.ThrowIfNotEmpty();
        var hashFits = parameters.IsEmpty || parameters.Span.SequenceEqual((ReadOnlySpan<byte>)[0x05, 0x00]);
        return new OcspSingleResponse
        {
            Hash = !hashFits ? null : hash switch
            {
                Oids.Sha256 => HashAlgorithmName.SHA256,
                Oids.Sha384 => HashAlgorithmName.SHA384,
                Oids.Sha512 => HashAlgorithmName.SHA512,
                _ => null,
            },
            IssuerNameHash = name,
            IssuerKeyHash = key,
            SerialNumber = serial,
            Status = status,
            RevokedAt = revokedAt,
            Reason = reason,
            ThisUpdate = thisUpdate,
            NextUpdate = nextUpdate,
            HasCriticalExtension = critical,
        };
    }

    static (OcspCertificateStatus Status, DateTimeOffset? RevokedAt, int? Reason) ReadStatus(AsnReader answer)
    {
        var tag = answer.PeekTag();
        if (tag == s_good || tag == s_unknown)
        {
            answer.ReadNull(tag);
            return (tag == s_good ? OcspCertificateStatus.Good : OcspCertificateStatus.Unknown, null, null);
        }

        var revoked = answer.ReadSequence(s_1);
        var at = ReadTime(revoked);
        int? reason = null;
        if (revoked.HasData)
        {
            var wrapper = revoked.ReadSequence(s_0);
            reason = wrapper.ReadEnumeratedBytes().Span is [var value] ? value : throw new AsnContentException("A CRLReason has one octet.");
            wrapper.ThrowIfNotEmpty();
        }

        revoked.ThrowIfNotEmpty();
        return (OcspCertificateStatus.Revoked, at, reason);
    }

    static List<CertificateExtension> ReadExtensions(AsnReader reader, Asn1Tag tag)
    {
        if (!reader.HasData)
        {
            return [];
        }

        var wrapper = reader.ReadSequence(tag);
        var extensions = DerItem.ReadExtensions(wrapper.ReadSequence(), MaxExtensions);
        wrapper.ThrowIfNotEmpty();
        return extensions;
    }

    /// <summary>Always a GeneralizedTime here, whatever the year.</summary>
    static DateTimeOffset ReadTime(AsnReader reader)
    {
        var time = reader.ReadGeneralizedTime();
        return time.Ticks % TimeSpan.TicksPerSecond == 0 ? time : throw new AsnContentException("A time has a fraction of a second.");
    }
}
