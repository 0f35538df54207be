using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// A certification path, root first and leaf last, and its verification: RFC 5280 §6 narrowed to a manufacturer's profile. One check per
/// rule, every offender named.
/// </summary>
sealed class CertificatePath(IReadOnlyList<Certificate> certificates, ChainProfile profile)
{
    /// <summary>Most certificates of a path; the longest in use (NVIDIA) has five.</summary>
    public const int MaxLength = 10;

    /// <summary>Constraints on a path that are not applied here; ignoring one would widen what its CA allows, so even a non-critical one is refused.</summary>
    static readonly string[] s_constraints = [Oids.NameConstraints, Oids.PolicyMappings, Oids.PolicyConstraints, Oids.InhibitAnyPolicy];

    public int Count => certificates.Count;

    public Certificate Root => certificates[0];

    public Certificate Leaf => certificates[^1];

    public Certificate this[int index] => certificates[index];

    /// <summary>What most rules find, so that it is not made each time; nobody adds to it.</summary>
    static readonly List<string> s_none = [];

    PathRules Rules => profile.Rules;

    /// <summary>Verifies a path with every rule.</summary>
    public static void Verify(IReadOnlyList<Certificate> rootFirst, ChainProfile profile, PathContext context, CheckList checks)
    {
        var path = new CertificatePath(rootFirst, profile);
        path.CheckAlgorithms(checks);
        path.CheckPath(context, checks);
    }

    /// <summary>
    /// Puts a path together by names, from the leaf up to a self-issued certificate; null where the pool has none. Names prove nothing: the
    /// path is verified afterwards. Of several certificates of one name one valid at <paramref name="at"/> is taken first (Intel renews its
    /// TCB signing certificate with key and serial number unchanged), and then the one whose signature fits.
    /// </summary>
    /// <returns>Root first, or null.</returns>
    public static List<Certificate>? Build(Certificate leaf, IReadOnlyCollection<Certificate> pool, DateTimeOffset at)
    {
        var path = new List<Certificate> { leaf };
        while (!IsSelfIssued(path[0]))
        {
            var issuers = pool.Where(candidate => candidate.Subject.Span.SequenceEqual(path[0].Issuer.Span) && !path.Contains(candidate)).ToList();
            var issuer = issuers.Count <= 1 ? issuers.FirstOrDefault() : Prefer(issuers, path[0], at);
            if (issuer is null || path.Count == MaxLength)
            {
                return null;
            }

            path.Insert(0, issuer);
        }

        return path;
    }

    /// <summary>Key of a certificate, or null where the profile has no use for it.</summary>
    public PublicKey? Key(int index) => KeyProblem(certificates[index]) is null ? certificates[index].Key : null;

    public string Label(int index) => profile.Label?.Invoke(index, Count) ?? (index == 0 ? "root" : index == Count - 1 ? "leaf" : string.Create(CultureInfo.InvariantCulture, $"certificate {index}"));

    public string Name(CheckRule rule) => profile.Name.Length == 0 ? rule.Name : $"{profile.Name}: {rule.Name}";

    /// <summary>Kinds of keys and signatures.</summary>
    public void CheckAlgorithms(CheckList checks)
    {
        Add(checks, Rules.KeyType, Offenders((_, certificate) => KeyProblem(certificate)), profile.KeysText);
        Add(checks, Rules.SignatureAlgorithm, Offenders((_, certificate) => Accepts(certificate.Algorithm) ? null : certificate.SignatureAlgorithmOid), profile.SignaturesText);
    }

    /// <summary>Everything else.</summary>
    public void CheckPath(PathContext context, CheckList checks)
    {
        CheckAnchor(context.Anchors, checks);
        // Compared as bytes: stricter than RFC 5280 §7.1, and all that manufacturers' names need.
        Add(checks, Rules.NameChaining, Offenders((i, certificate) => i == 0 || certificate.Issuer.Span.SequenceEqual(certificates[i - 1].Subject.Span) ? null : "has another issuer"), "each issuer is the subject before it");
        CheckSignatures(checks);
        var valid = "valid at " + Text(context.At);
        Add(checks, Rules.NotYetValid, Offenders((_, certificate) => certificate.NotBefore <= context.At ? null : "from " + Text(certificate.NotBefore)), valid);
        Add(checks, Rules.Expired, Offenders((_, certificate) => certificate.NotAfter >= context.At ? null : "until " + Text(certificate.NotAfter)), valid);
        CheckConstraints(checks);
        PathRevocation.Check(this, profile, context, checks);
    }

    /// <summary>Whether the profile accepts signatures of that algorithm; no algorithm is none that it accepts.</summary>
    public bool Accepts(SignatureAlgorithm? algorithm) => algorithm is { } known && profile.Signatures.Contains(known);

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>At most so many certificates of one name are tried: manufacturers have two or three, and each try is a signature verification.</summary>
    const int MaxNamesakes = 4;

    static Certificate? Prefer(List<Certificate> issuers, Certificate subject, DateTimeOffset at) => issuers
        .OrderByDescending(candidate => candidate.NotBefore <= at && candidate.NotAfter >= at).Take(MaxNamesakes)
        .OrderByDescending(candidate => subject.IsSignedBy(candidate))
        .ThenByDescending(candidate => candidate.NotBefore <= at && candidate.NotAfter >= at)
        .FirstOrDefault();

    static bool IsSelfIssued(Certificate certificate) => certificate.Issuer.Span.SequenceEqual(certificate.Subject.Span);

    string? KeyProblem(Certificate certificate)
    {
        if (PublicKey.KindOf(certificate) is not { } kind || !profile.Keys.Contains(kind))
        {
            return certificate.CurveOid ?? certificate.KeyAlgorithmOid;
        }

        var bits = certificate.RsaModulusBits;
        return kind == KeyKind.Rsa && (bits < profile.MinRsaBits || bits > PublicKey.MaxRsaBits) ? string.Create(CultureInfo.InvariantCulture, $"RSA of {bits} bits") : null;
    }

    void CheckAnchor(ImmutableArray<TrustAnchor> anchors, CheckList checks)
    {
        var key = Root.KeyDigest;
        var pins = anchors.Any(anchor => anchor.CertificateDigest is not null);
        Measurement? certificate = pins ? new Measurement(SHA256.HashData(Root.Der.Span)) : null;
        var isAnchor = anchors.Any(anchor => key == anchor.KeyDigest && (anchor.CertificateDigest is not { } pinned || pinned == certificate));
        checks.Add(Rules.TrustAnchor, isAnchor, string.Join(" or ", anchors.Select(anchor => Describe(anchor.KeyDigest, anchor.CertificateDigest))), Describe(key, certificate), Name(Rules.TrustAnchor));
    }

    void CheckSignatures(CheckList checks)
    {
        var root = VerifySignature(0, 0);
        var selfSigned = root == CheckOutcome.Pass && !IsSelfIssued(Root) ? CheckOutcome.Fail : root;
        checks.Add(Rules.RootSelfSigned, selfSigned, actual: selfSigned == CheckOutcome.Skip ? "not checked: another algorithm" : null, name: Name(Rules.RootSelfSigned));
        var worst = CheckOutcome.Pass;
        var offenders = new List<string>();
        for (var i = 1; i < Count; i++)
        {
            var outcome = VerifySignature(i - 1, i);
            if (outcome != CheckOutcome.Pass)
            {
                offenders.Add($"{Label(i)}: {(outcome == CheckOutcome.Fail ? "not signed by it" : "not checked: another algorithm")}");
                worst = worst == CheckOutcome.Fail ? worst : outcome;
            }
        }

        checks.Add(Rules.CertificateSignature, worst, actual: offenders.Count == 0 ? null : string.Join("; ", offenders), name: Name(Rules.CertificateSignature));
    }

    void CheckConstraints(CheckList checks)
    {
        var leaf = Count - 1;
        Add(checks, Rules.CertificateAuthority, Offenders((i, certificate) =>
            i == leaf || (certificate.IsCertificateAuthority && certificate.BasicConstraintsCritical) ? null : "is no CA by a critical extension"), "critical basicConstraints with cA TRUE");
        checks.Add(Rules.LeafNotAuthority, !Leaf.IsCertificateAuthority && Leaf.PathLength is null, "cA FALSE and no pathLenConstraint", name: Name(Rules.LeafNotAuthority));

        // RFC 5280 leaves self-issued certificates out of the count; manufacturers have none below the root, so counting all is only stricter.
        Add(checks, Rules.PathLength, Offenders((i, certificate) => i == leaf || certificate.PathLength is not { } limit || leaf - 1 - i <= limit
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"allows {limit}, has {leaf - 1 - i}")), "no more CA certificates below than pathLenConstraint allows");
        Add(checks, Rules.KeyCertSign, Offenders((i, certificate) => i == leaf || Has(certificate, X509KeyUsageFlags.KeyCertSign, profile.AuthorityNeedsKeyUsage) ? null : "lacks it"), "keyUsage with keyCertSign");
        checks.Add(Rules.DigitalSignature, Has(Leaf, profile.LeafUsage, profile.LeafNeedsDigitalSignature), "keyUsage with " + Spelled(profile.LeafUsage), name: Name(Rules.DigitalSignature));
        Add(checks, Rules.CriticalExtension, Offenders((_, certificate) => certificate.Extensions.FirstOrDefault(extension =>
            (extension.Critical && extension.Oid is not (Oids.BasicConstraints or Oids.KeyUsage) && !profile.KnownCriticalExtensions.Contains(extension.Oid)) || s_constraints.Contains(extension.Oid)).Oid),
            profile.ExtensionsText);
    }

    /// <summary>One usage as RFC 5280 §4.2.1.3 spells it.</summary>
    static string Spelled(X509KeyUsageFlags usage)
    {
        var name = usage.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    static bool Has(Certificate certificate, X509KeyUsageFlags flag, bool needed) => certificate.KeyUsage is { } usage ? usage.HasFlag(flag) : !needed;

    CheckOutcome VerifySignature(int issuer, int subject)
    {
        var certificate = certificates[subject];
        if (!Accepts(certificate.Algorithm) || Key(issuer) is null)
        {
            return CheckOutcome.Skip;
        }

        return certificate.IsSignedBy(certificates[issuer]) ? CheckOutcome.Pass : CheckOutcome.Fail;
    }

    List<string> Offenders(Func<int, Certificate, string?> problem)
    {
        List<string>? offenders = null;
        for (var i = 0; i < Count; i++)
        {
            if (problem(i, certificates[i]) is { } found)
            {
                (offenders ??= []).Add($"{Label(i)}: {found}");
            }
        }

        return offenders ?? s_none;
    }

    void Add(CheckList checks, CheckRule rule, List<string> problems, string expected) => checks.Add(rule, problems, expected, Name(rule));

    static string Describe(Measurement key, Measurement? certificate) =>
        "key " + key.ToTaggedString() + (certificate is { } digest ? ", certificate " + digest.ToTaggedString() : string.Empty);
}
