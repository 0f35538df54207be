using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>
/// A granted timestamp response: RFC 3161 §2.4.2, a CMS SignedData (RFC 5652 §5) with exactly one signer. Read by hand because the class
/// library's CMS is a package of its own, and accepts more than this profile.
/// </summary>
sealed record TimestampToken
{
    const int MaxCertificates = 10;
    const int MaxAttributes = 16;

    static readonly Asn1Tag s_tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    static readonly Asn1Tag s_tag1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>When the authority saw the hash.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What was hashed and how.</summary>
    public required HashAlgorithmName ImprintAlgorithm { get; init; }

    public required ReadOnlyMemory<byte> Imprint { get; init; }

    /// <summary>The signed TSTInfo.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Certificates the authority sent along, undecoded.</summary>
    public required ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; init; }

    /// <summary>The signer's issuer name and serial number.</summary>
    public required ReadOnlyMemory<byte> Issuer { get; init; }

    public required ReadOnlyMemory<byte> SerialNumber { get; init; }

    public required HashAlgorithmName DigestAlgorithm { get; init; }

    /// <summary>The signed attributes as a SET, which is how they are signed (RFC 5652 §5.4).</summary>
    public required byte[] SignedAttributes { get; init; }

    /// <summary>The attribute's value where it stands exactly once with one value.</summary>
    public required ImmutableDictionary<string, ReadOnlyMemory<byte>> Attributes { get; init; }

    public required SignatureAlgorithm? Algorithm { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Reads a response; null for anything but a granted token of this profile.</summary>
    public static TimestampToken? Parse(ReadOnlyMemory<byte> response)
    {
        try
        {
            var outer = new AsnReader(response, AsnEncodingRules.DER);
            var fields = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var status = fields.ReadSequence();
            if (!status.TryReadInt32(out var granted) || granted is not (0 or 1))
            {
                return null;
            }

            var info = fields.ReadSequence();
            fields.ThrowIfNotEmpty();
            if (info.ReadObjectIdentifier() != SigstoreOids.SignedData)
            {
                return null;
            }

            var wrapper = info.ReadSequence(s_tag0);
            info.ThrowIfNotEmpty();
            return ReadSignedData(wrapper.ReadSequence());
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    static TimestampToken? ReadSignedData(AsnReader data)
    {
        _ = data.ReadInteger();
        _ = data.ReadSetOf();
        var encapsulated = data.ReadSequence();
        var type = encapsulated.ReadObjectIdentifier();
        var wrapper = encapsulated.ReadSequence(s_tag0);
        var content = wrapper.ReadOctetString();
        wrapper.ThrowIfNotEmpty();
        encapsulated.ThrowIfNotEmpty();
        var certificates = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        if (data.HasData && data.PeekTag().HasSameClassAndValue(s_tag0))
        {
            var set = data.ReadSetOf(skipSortOrderValidation: true, s_tag0);
            while (set.HasData && certificates.Count < MaxCertificates)
            {
                certificates.Add(set.ReadEncodedValue());
            }

            set.ThrowIfNotEmpty();
        }

        var signers = data.ReadSetOf();
        var signer = signers.ReadSequence();
        signers.ThrowIfNotEmpty();
        data.ThrowIfNotEmpty();
        return type == SigstoreOids.TstInfo ? ReadSigner(signer, content, certificates.ToImmutable()) : null;
    }

    static TimestampToken? ReadSigner(AsnReader signer, ReadOnlyMemory<byte> content, ImmutableArray<ReadOnlyMemory<byte>> certificates)
    {
        _ = signer.ReadInteger();
        var identifier = signer.ReadSequence();
        var issuer = identifier.ReadEncodedValue();
        var serial = identifier.ReadIntegerBytes();
        identifier.ThrowIfNotEmpty();
        var digest = ReadHash(signer.ReadEncodedValue());
        byte[] attributes = [.. signer.PeekEncodedValue().Span];
        var list = ReadAttributes(signer.ReadSetOf(s_tag0));
        attributes[0] = 0x31; // SET OF instead of [0]: RFC 5652 §5.4
        var algorithm = signer.ReadEncodedValue();
        var signature = signer.ReadOctetString();
        if (signer.HasData)
        {
            _ = signer.ReadSetOf(skipSortOrderValidation: true, s_tag1);
        }

        signer.ThrowIfNotEmpty();
        var outer = new AsnReader(content, AsnEncodingRules.DER);
        var info = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        return digest is { } hash && ReadInfo(info) is { } imprint
            ? new TimestampToken
            {
                Time = imprint.Time,
                ImprintAlgorithm = imprint.Hash,
                Imprint = imprint.Value,
                Content = content,
                Certificates = certificates,
                Issuer = issuer,
                SerialNumber = serial,
                DigestAlgorithm = hash,
                SignedAttributes = attributes,
                Attributes = list,
                Algorithm = ReadSignatureAlgorithm(algorithm, hash),
                Signature = signature,
            }
            : null;
    }

    /// <summary>TSTInfo, RFC 3161 §2.4.2; null for a hash or critical extension not known here.</summary>
    static (HashAlgorithmName Hash, ReadOnlyMemory<byte> Value, DateTimeOffset Time)? ReadInfo(AsnReader info)
    {
        if (!info.TryReadInt32(out var version) || version != 1)
        {
            return null;
        }

        _ = info.ReadObjectIdentifier();
        var imprint = info.ReadSequence();
        var hash = ReadHash(imprint.ReadEncodedValue());
        var value = imprint.ReadOctetString();
        imprint.ThrowIfNotEmpty();
        _ = info.ReadInteger();
        var time = info.ReadGeneralizedTime();
        while (info.HasData)
        {
            // Accuracy, ordering, nonce and the authority's name; only extensions could change what the token means.
            if (info.PeekTag().HasSameClassAndValue(s_tag1) && DerItem.ReadExtensions(info.ReadSequence(s_tag1), MaxAttributes).Exists(extension => extension.Critical))
            {
                return null;
            }
            else if (info.HasData)
            {
                _ = info.ReadEncodedValue();
            }
        }

        return hash is { } known ? (known, value, time) : null;
    }

    static ImmutableDictionary<string, ReadOnlyMemory<byte>> ReadAttributes(AsnReader set)
    {
        var attributes = ImmutableDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        while (set.HasData)
        {
            var attribute = set.ReadSequence();
            var oid = attribute.ReadObjectIdentifier();
            var values = attribute.ReadSetOf();
            var value = values.ReadEncodedValue();
            values.ThrowIfNotEmpty();
            attribute.ThrowIfNotEmpty();
            if (attributes.Count == MaxAttributes || !attributes.TryAdd(oid, value))
            {
                throw new AsnContentException("Too many attributes, or one of them twice.");
            }
        }

        return attributes.ToImmutable();
    }

    /// <summary>SHA-256, SHA-384 or SHA-512, with NULL or no parameters (RFC 5754 §2); null for others, SHA-1 included.</summary>
    public static HashAlgorithmName? ReadHash(ReadOnlyMemory<byte> algorithm)
    {
        var (oid, parameters) = DerItem.ReadAlgorithm(algorithm);
        return parameters.IsEmpty || parameters.Span.SequenceEqual((ReadOnlySpan<byte>)[0x05, 0x00])
            ? oid switch
            {
                Oids.Sha256 => HashAlgorithmName.SHA256,
                Oids.Sha384 => HashAlgorithmName.SHA384,
                Oids.Sha512 => HashAlgorithmName.SHA512,
                _ => null,
            }
            : null;
    }

    /// <summary>CMS may name RSA without the hash, which is then the digest algorithm's (RFC 3370 §3.2).</summary>
    static SignatureAlgorithm? ReadSignatureAlgorithm(ReadOnlyMemory<byte> algorithm, HashAlgorithmName digest) =>
        SignatureAlgorithm.Parse(algorithm) ?? (DerItem.ReadAlgorithm(algorithm).Oid == Oids.RsaEncryption ? new SignatureAlgorithm(SignatureScheme.RsaPkcs1, digest) : null);
}
