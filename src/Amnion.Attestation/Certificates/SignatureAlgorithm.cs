using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Amnion.Attestation.Certificates;

/// <summary>A signature algorithm with its hash. Only SHA-256, SHA-384 and SHA-512 exist here: SHA-1 is unknown, and so refused everywhere.</summary>
readonly record struct SignatureAlgorithm(SignatureScheme Scheme, HashAlgorithmName Hash)
{
    static readonly Asn1Tag[] s_pssTags = [.. Enumerable.Range(0, 4).Select(number => new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true))];

    /// <summary>"ECDSA with SHA384" and the like.</summary>
    public override string ToString() => $"{Scheme switch { SignatureScheme.Ecdsa => "ECDSA", SignatureScheme.RsaPss => "RSA-PSS", _ => "RSA PKCS#1 v1.5" }} with {Hash}";

    /// <summary>What is named alike outside and under a signature, as RFC 5280 §4.1.1.2 and §5.1.1.2 demand; null where it differs or is not known here.</summary>
    public static SignatureAlgorithm? Same(ReadOnlyMemory<byte> outer, ReadOnlyMemory<byte> inner) => outer.Span.SequenceEqual(inner.Span) ? Parse(outer) : null;

    /// <summary>Reads an AlgorithmIdentifier with exactly the parameters its standard allows; null for everything else.</summary>
    public static SignatureAlgorithm? Parse(ReadOnlyMemory<byte> algorithmIdentifier)
    {
        try
        {
            var (oid, parameters) = DerItem.ReadAlgorithm(algorithmIdentifier);
            return oid switch
            {
                Oids.EcdsaWithSha256 when parameters.IsEmpty => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256),
                Oids.EcdsaWithSha384 when parameters.IsEmpty => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384),
                Oids.EcdsaWithSha512 when parameters.IsEmpty => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA512),
                Oids.RsaWithSha256 when IsNull(parameters) => new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256),
                Oids.RsaWithSha384 when IsNull(parameters) => new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA384),
                Oids.RsaWithSha512 when IsNull(parameters) => new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA512),
                Oids.RsaPss when ReadPss(parameters) is { } hash => new(SignatureScheme.RsaPss, hash),
                _ => null,
            };
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>The hash of RSASSA-PSS-params, where mask and salt go with it and the trailer is the only one defined. RFC 4055 §3.1.</summary>
    static HashAlgorithmName? ReadPss(ReadOnlyMemory<byte> parameters)
    {
        var outer = new AsnReader(parameters, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var hash = ReadHash(Unwrap(sequence, 0).ReadEncodedValue());
        var (maskOid, maskParameters) = DerItem.ReadAlgorithm(Unwrap(sequence, 1).ReadEncodedValue());
        var saltFits = Unwrap(sequence, 2).TryReadInt32(out var salt) && hash is { } known && salt == HashLength(known);
        if (sequence.HasData)
        {
            _ = Unwrap(sequence, 3).TryReadInt32(out var trailer) && trailer == 1 ? true : throw new AsnContentException("trailerField is not 1.");
        }

        sequence.ThrowIfNotEmpty();
        return saltFits && maskOid == Oids.Mgf1 && ReadHash(maskParameters) == hash ? hash : null;
    }

    static AsnReader Unwrap(AsnReader sequence, int tag) => sequence.ReadSequence(s_pssTags[tag]);

    static HashAlgorithmName? ReadHash(ReadOnlyMemory<byte> algorithm)
    {
        var (oid, parameters) = DerItem.ReadAlgorithm(algorithm);
        return parameters.IsEmpty || IsNull(parameters)
            ? oid switch
            {
                Oids.Sha256 => HashAlgorithmName.SHA256,
                Oids.Sha384 => HashAlgorithmName.SHA384,
                Oids.Sha512 => HashAlgorithmName.SHA512,
                _ => null,
            }
            : null;
    }

    static int HashLength(HashAlgorithmName hash) => hash == HashAlgorithmName.SHA256 ? 32 : hash == HashAlgorithmName.SHA384 ? 48 : 64;

    static bool IsNull(ReadOnlyMemory<byte> parameters) => parameters.Span.SequenceEqual((ReadOnlySpan<byte>)[0x05, 0x00]);
}
