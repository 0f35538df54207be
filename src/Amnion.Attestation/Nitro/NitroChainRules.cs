using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nitro;

/// <summary>The rules of a document's chain, one check each, every offender named.</summary>
static class NitroChainRules
{
    /// <summary>Constraints on a path that are not applied here; ignoring one would widen what its CA allows, so even a non-critical one is refused.</summary>
    static readonly string[] s_constraints = [Oids.NameConstraints, Oids.PolicyMappings, Oids.PolicyConstraints, Oids.InhibitAnyPolicy];

    public static void CheckAlgorithms(NitroChain chain, CheckList checks)
    {
        checks.Add(NitroRules.KeyType, Offenders(chain, (_, certificate) => EcdsaKey.IsP384(certificate) ? null : certificate.CurveOid ?? certificate.KeyAlgorithmOid), Oids.Secp384r1);
        checks.Add(NitroRules.SignatureAlgorithm, Offenders(chain, (_, certificate) => EcdsaKey.IsEcdsaSha384(certificate) ? null : certificate.SignatureAlgorithmOid), Oids.EcdsaWithSha384);
    }

    public static void CheckAnchor(NitroChain chain, TrustAnchor anchor, CheckList checks)
    {
        var key = new Measurement(SHA256.HashData(chain.Root.SubjectPublicKeyInfo.Span));
        var certificate = new Measurement(SHA256.HashData(chain.Root.Der.Span));
        var isAnchor = key == anchor.KeyDigest && (anchor.CertificateDigest is not { } pinned || pinned == certificate);
        checks.Add(NitroRules.TrustAnchor, isAnchor, Describe(anchor.KeyDigest, anchor.CertificateDigest), Describe(key, anchor.CertificateDigest is null ? null : certificate));
    }

    public static void CheckNames(NitroChain chain, CheckList checks)
    {
        // Compared as bytes: stricter than RFC 5280 §7.1, and all that AWS's names need.
        checks.Add(NitroRules.NameChaining, Offenders(chain, (i, certificate) =>
            i == 0 || certificate.Issuer.Span.SequenceEqual(chain[i - 1].Subject.Span) ? null : "has another issuer"), "each issuer is the subject before it");
    }

    public static void CheckSignatures(NitroChain chain, VerifiedSignatureCache? cache, CheckList checks)
    {
        var root = VerifySignature(chain, 0, 0, cache);
        var selfSigned = root == CheckOutcome.Pass && !chain.Root.Issuer.Span.SequenceEqual(chain.Root.Subject.Span) ? CheckOutcome.Fail : root;
        checks.Add(NitroRules.RootSelfSigned, selfSigned, actual: selfSigned == CheckOutcome.Skip ? "not checked: another algorithm" : null);
        var outcomes = Enumerable.Range(1, chain.Count - 1).Select(i => (Index: i, Outcome: VerifySignature(chain, i - 1, i, cache))).ToList();
        var offenders = string.Join("; ", outcomes.Where(entry => entry.Outcome != CheckOutcome.Pass).Select(entry =>
            $"{chain.Label(entry.Index)}: {(entry.Outcome == CheckOutcome.Fail ? "not signed by it" : "not checked: another algorithm")}"));
        var worst = outcomes.Exists(entry => entry.Outcome == CheckOutcome.Fail) ? CheckOutcome.Fail : outcomes.Select(entry => entry.Outcome).Max();
        checks.Add(NitroRules.CertificateSignature, worst, actual: offenders.Length == 0 ? null : offenders);
    }

    public static void CheckValidity(NitroChain chain, DateTimeOffset at, CheckList checks)
    {
        checks.Add(NitroRules.NotYetValid, Offenders(chain, (_, certificate) => certificate.NotBefore <= at ? null : "from " + NitroVerifier.Time(certificate.NotBefore)), "valid at " + NitroVerifier.Time(at));
        checks.Add(NitroRules.Expired, Offenders(chain, (_, certificate) => certificate.NotAfter >= at ? null : "until " + NitroVerifier.Time(certificate.NotAfter)), "valid at " + NitroVerifier.Time(at));
    }

    public static void CheckConstraints(NitroChain chain, CheckList checks)
    {
        var leaf = chain.Count - 1;
        checks.Add(NitroRules.CertificateAuthority, Offenders(chain, (i, certificate) =>
            i == leaf || (certificate.IsCertificateAuthority && certificate.BasicConstraintsCritical) ? null : "is no CA by a critical extension"), "critical basicConstraints with cA TRUE");
        checks.Add(NitroRules.LeafNotAuthority, !chain.Leaf.IsCertificateAuthority && chain.Leaf.PathLength is null, "cA FALSE and no pathLenConstraint");

        // RFC 5280 leaves self-issued certificates out of the count; AWS has none below the root, so counting all is only stricter.
        checks.Add(NitroRules.PathLength, Offenders(chain, (i, certificate) => i == leaf || certificate.PathLength is not { } limit || leaf - 1 - i <= limit
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"allows {limit}, has {leaf - 1 - i}")), "no more CA certificates below than pathLenConstraint allows");
        checks.Add(NitroRules.KeyCertSign, Offenders(chain, (i, certificate) => i == leaf || Has(certificate, X509KeyUsageFlags.KeyCertSign) ? null : "lacks it"), "keyUsage with keyCertSign");
        checks.Add(NitroRules.DigitalSignature, Has(chain.Leaf, X509KeyUsageFlags.DigitalSignature), "keyUsage with digitalSignature");
        checks.Add(NitroRules.CriticalExtension, Offenders(chain, (_, certificate) =>
            certificate.Extensions.FirstOrDefault(extension => (extension.Critical && extension.Oid is not (Oids.BasicConstraints or Oids.KeyUsage)) || s_constraints.Contains(extension.Oid)).Oid), "basicConstraints and keyUsage only");
    }

    static bool Has(Certificate certificate, X509KeyUsageFlags flag) => (certificate.KeyUsage ?? X509KeyUsageFlags.None).HasFlag(flag);

    static CheckOutcome VerifySignature(NitroChain chain, int issuer, int subject, VerifiedSignatureCache? cache)
    {
        var certificate = chain[subject];
        if (!EcdsaKey.IsEcdsaSha384(certificate))
        {
            return CheckOutcome.Skip;
        }

        var entry = cache is null ? default : VerifiedSignatureCache.Key(chain[issuer].SubjectPublicKeyInfo.Span, certificate.Der.Span);
        if (cache?.Contains(entry) == true)
        {
            return CheckOutcome.Pass;
        }

        if (chain.Key(issuer) is not { } key)
        {
            return CheckOutcome.Skip;
        }

        if (!key.VerifyDer(certificate.Tbs.Span, certificate.Signature))
        {
            return CheckOutcome.Fail;
        }

        cache?.Add(entry);
        return CheckOutcome.Pass;
    }

    static List<string> Offenders(NitroChain chain, Func<int, Certificate, string?> problem)
    {
        var offenders = new List<string>();
        for (var i = 0; i < chain.Count; i++)
        {
            if (problem(i, chain[i]) is { } found)
            {
                offenders.Add($"{chain.Label(i)}: {found}");
            }
        }

        return offenders;
    }

    static string Describe(Measurement key, Measurement? certificate) =>
        "key " + key.ToTaggedString() + (certificate is { } digest ? ", certificate " + digest.ToTaggedString() : string.Empty);
}
