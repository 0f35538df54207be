using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Tpm;

/// <summary>
/// Why an attestation key is believed: its certificate leads to a trust anchor, or the relying party pinned the key itself. That the
/// Evidence contains a key is no reason.
/// </summary>
static class TpmKeyProvenance
{
    /// <summary>tcg-kp-AIKCertificate, and tcg-kp-EKCertificate, which Google Cloud's attestation keys carry too (TCG EK Credential Profile §3.2.16).</summary>
    const string AttestationPurpose = "2.23.133.8.3";

    internal const string EndorsementPurpose = "2.23.133.8.1";
    internal const string ExtendedKeyUsage = "2.5.29.37";
    internal const string SubjectAlternativeName = "2.5.29.17";
    const string CertificatePolicies = "2.5.29.32";
    const string DistributionPoints = "2.5.29.31";

    static readonly ChainProfile s_profile = Profile("AK chain", leafSigns: true);

    /// <summary>What TPM makers and clouds sign with.</summary>
    internal static ChainProfile Profile(string name, bool leafSigns) => new()
    {
        Name = name,
        Keys = [KeyKind.P256, KeyKind.P384, KeyKind.P521, KeyKind.Rsa],
        Signatures =
        [
            new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256), new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA384), new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA512),
            new(SignatureScheme.RsaPss, HashAlgorithmName.SHA256), new(SignatureScheme.RsaPss, HashAlgorithmName.SHA384), new(SignatureScheme.RsaPss, HashAlgorithmName.SHA512),
            new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256), new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384), new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA512),
        ],
        LeafNeedsDigitalSignature = leafSigns,
        LeafUsage = leafSigns ? X509KeyUsageFlags.DigitalSignature : X509KeyUsageFlags.None,

        // Applied here: purposes by KeyPurpose, alternative names by the endorsement profile. Policies and distribution points restrict nothing that is used.
        KnownCriticalExtensions = [ExtendedKeyUsage, SubjectAlternativeName, CertificatePolicies, DistributionPoints],
    };

    /// <summary>
    /// Checks the key's origin. Gives the key to verify with, which is the certified one where there is a certificate and null where there is none, and the digest of
    /// what vouches for it: the root's key, or the key itself where it is pinned or nothing else stands behind it.
    /// </summary>
    public static (ReadOnlyMemory<byte>? Key, Measurement Anchor) Check(TpmEvidence evidence, TpmVerification verification, CheckList checks)
    {
        var certificates = Parse(verification.Certificates.IsEmpty ? evidence.Certificates : evidence.Certificates.AddRange(verification.Certificates), verification.Cache, checks);
        var stated = evidence.AttestationKeyInfo;
        var leaf = stated is { } info
            ? certificates.Find(certificate => certificate.SubjectPublicKeyInfo.Span.SequenceEqual(info.Span))
            : certificates.Find(certificate => !certificate.IsCertificateAuthority);
        var key = stated ?? leaf?.SubjectPublicKeyInfo;
        if (evidence.AttestationKey is { } area)
        {
            // Otherwise the attributes of one key would speak for another, and its scheme be compared with the other's signature.
            var problems = area.AttestationProblems;
            if (key is not { } used || !used.Span.SequenceEqual(area.SubjectPublicKeyInfo.Span))
            {
                problems.Add("the public area is of another key");
            }

            checks.Add(TpmRules.KeyAttributes, problems, "fixedTPM, fixedParent, sensitiveDataOrigin, restricted, sign, and not decrypt, of the key that signs");
        }
        else
        {
            // Whoever vouches for the key says what it is; only the public area could be looked at here.
            checks.Add(TpmRules.KeyAttributes, CheckOutcome.Skip, actual: "the Evidence has no public area; whoever vouches for the key vouches for them", required: false);
        }

        return (key, CheckOrigin(key, leaf, certificates, verification, checks));
    }

    static Measurement CheckOrigin(ReadOnlyMemory<byte>? key, Certificate? leaf, List<Certificate> certificates, TpmVerification verification, CheckList checks)
    {
        const string Expected = "a certificate under a trust anchor, or a key that the policy pins";
        var digest = key is { } info ? KeyCarrier.Digest(info, verification.Cache) : default;
        if (key is not null && verification.Anchors.Contains(digest))
        {
            checks.Add(TpmRules.Provenance, CheckOutcome.Pass, Expected, "the policy pins the key " + digest.ToTaggedString());
            return digest;
        }

        if (leaf is null || verification.Anchors.IsDefaultOrEmpty)
        {
            var reason = key is null ? "the Evidence has no attestation key" : verification.Anchors.IsDefaultOrEmpty ? "the relying party names no trust anchor" : "the key came with the Evidence alone";
            checks.Skip(TpmRules.Provenance, reason, Expected);
            return digest;
        }

        var path = CertificatePath.Build(leaf, certificates, verification.At);
        if (path is null)
        {
            checks.Skip(TpmRules.Provenance, "issuers between the key's certificate and a root were not given", Expected);
            return digest;
        }

        checks.Add(TpmRules.Provenance, CheckOutcome.Pass, Expected, "certificate; its chain is checked below");
        var purposes = Purposes(leaf);

        // No extKeyUsage would mean any purpose (RFC 5280 §4.2.1.12), so that a CA's certificate for mail or TLS could vouch for a key in software.
        checks.Add(TpmRules.KeyPurpose, purposes.Contains(AttestationPurpose) || purposes.Contains(EndorsementPurpose), AttestationPurpose + " or " + EndorsementPurpose, purposes.Count == 0 ? "none" : string.Join(", ", purposes));
        CertificatePath.Verify(path, s_profile, Context(verification), checks);
        return path[0].KeyDigest;
    }

    internal static PathContext Context(TpmVerification verification) => new()
    {
        Anchors = [.. verification.Anchors.Select(key => new TrustAnchor { KeyDigest = key })],
        At = verification.At,
        RevocationLists = verification.RevocationLists,
        Revoked = verification.Revoked,
        Cache = verification.Cache,
    };

    /// <summary>Reads a pool of certificates; a repeated one counts once, so the result may be shorter than <paramref name="encoded"/>.</summary>
    internal static List<Certificate> Parse(ImmutableArray<ReadOnlyMemory<byte>> encoded, AppraisalCache? cache, CheckList checks)
    {
        var certificates = new List<Certificate>();
        var problems = new List<string>();
        for (var i = 0; i < encoded.Length; i++)
        {
            var der = encoded[i];
            if (IsAmong(der.Span, encoded.AsSpan()[..i]))
            {
                continue;
            }

            try
            {
                certificates.Add(Certificate.Parse(der, cache));
            }
            catch (CertificateFormatException exception)
            {
                problems.Add(exception.Message);
            }
        }

        checks.Add(TpmRules.Certificates, problems, "strict DER, version 3");
        return certificates;
    }

    static bool IsAmong(ReadOnlySpan<byte> der, ReadOnlySpan<ReadOnlyMemory<byte>> others)
    {
        foreach (var other in others)
        {
            if (other.Span.SequenceEqual(der))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>extKeyUsage, RFC 5280 §4.2.1.12; empty where absent, one unknown purpose where it does not parse.</summary>
    internal static List<string> Purposes(Certificate certificate)
    {
        var purposes = new List<string>();
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid == ExtendedKeyUsage))
        {
            try
            {
                var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
                var sequence = reader.ReadSequence();
                reader.ThrowIfNotEmpty();
                while (sequence.HasData && purposes.Count < 16)
                {
                    purposes.Add(sequence.ReadObjectIdentifier());
                }
            }
            catch (AsnContentException)
            {
                purposes.Add("malformed");
            }
        }

        return purposes;
    }
}
