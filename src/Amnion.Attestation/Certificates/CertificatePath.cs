using System.Security.Cryptography;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// A certification path, root first and leaf last, and its verification: RFC 5280 §6 narrowed to a manufacturer's profile. One check per
/// rule, every offender named.
/// </summary>
sealed class CertificatePath(IReadOnlyList<Certificate> certificates, ChainProfile profile)
{
    /// <summary>Most certificates of a path; the longest in use (NVIDIA) has five.</summary>
    public const int MaxLength = 10;

    /// <summary>At most so many certificates of one name are tried: manufacturers have two or three, and each try is a signature verification.</summary>
    const int MaxNamesakes = 4;

    PathStructure? _structure;

    public int Count => certificates.Count;

    public Certificate Root => certificates[0];

    public Certificate Leaf => certificates[^1];

    public Certificate this[int index] => certificates[index];

    PathRules Rules => profile.NamedRules;

    PathStructure Structure => _structure ??= PathStructure.Of(certificates, profile);

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
        while (!path[^1].IsSelfIssued)
        {
            if (Issuer(path, pool, at) is not { } issuer || path.Count == MaxLength)
            {
                return null;
            }

            path.Add(issuer);
        }

        path.Reverse();
        return path;
    }

    /// <summary>Key of a certificate, or null where the profile has no use for it.</summary>
    public PublicKey? Key(int index) => PathStructure.KeyProblem(certificates[index], profile) is null ? certificates[index].Key : null;

    public string Label(int index) => PathStructure.Label(index, Count, profile);

    /// <summary>Kinds of keys and signatures.</summary>
    public void CheckAlgorithms(CheckList checks) => checks.AddRange(Structure.Algorithms);

    /// <summary>Everything else.</summary>
    public void CheckPath(PathContext context, CheckList checks)
    {
        CheckAnchor(context, checks);

        // Names are compared as bytes: stricter than RFC 5280 §7.1, and all that manufacturers' names need.
        checks.AddRange(Structure.Links);
        checks.Add(Rules.NotYetValid, Structure.NotBefore <= context.At ? null : Offenders(certificate => certificate.NotBefore <= context.At ? null : "from " + Text(certificate.NotBefore)), context.ValidText);
        checks.Add(Rules.Expired, Structure.NotAfter >= context.At ? null : Offenders(certificate => certificate.NotAfter >= context.At ? null : "until " + Text(certificate.NotAfter)), context.ValidText);
        checks.AddRange(Structure.Constraints);
        PathRevocation.Check(this, profile, context, checks);
    }

    /// <summary>Whether the profile accepts signatures of that algorithm; no algorithm is none that it accepts.</summary>
    public bool Accepts(SignatureAlgorithm? algorithm) => PathStructure.Accepts(algorithm, profile);

    /// <summary>UTC to the millisecond, as checks show it.</summary>
    public static string Text(DateTimeOffset time) => Instant.Text(time);

    /// <param name="path">Leaf first, as far as it is known.</param>
    /// <param name="pool">Where issuers are looked for.</param>
    /// <param name="at">The time that is preferred.</param>
    static Certificate? Issuer(List<Certificate> path, IReadOnlyCollection<Certificate> pool, DateTimeOffset at)
    {
        var subject = path[^1];
        Certificate? only = null;
        List<Certificate>? several = null;
        foreach (var candidate in pool)
        {
            if (!candidate.Subject.Span.SequenceEqual(subject.Issuer.Span) || path.Contains(candidate))
            {
                continue;
            }

            if (only is null)
            {
                only = candidate;
            }
            else
            {
                (several ??= [only]).Add(candidate);
            }
        }

        return several is null ? only : Prefer(several, subject, at);
    }

    static Certificate? Prefer(List<Certificate> issuers, Certificate subject, DateTimeOffset at) => issuers
        .OrderByDescending(candidate => candidate.NotBefore <= at && candidate.NotAfter >= at).Take(MaxNamesakes)
        .OrderByDescending(candidate => subject.IsSignedBy(candidate))
        .ThenByDescending(candidate => candidate.NotBefore <= at && candidate.NotAfter >= at)
        .FirstOrDefault();

    void CheckAnchor(PathContext context, CheckList checks)
    {
        var key = Root.KeyDigest;
        if (context.Anchors is [{ CertificateDigest: null } only] && only.KeyDigest == key)
        {
            // Nearly always, and then what was expected and what was found are the same words.
            checks.Add(Rules.TrustAnchor, CheckOutcome.Pass, Root.KeyText, Root.KeyText);
            return;
        }

        var pins = context.Anchors.Any(anchor => anchor.CertificateDigest is not null);
        Measurement? certificate = pins ? new Measurement(SHA256.HashData(Root.Der.Span)) : null;
        var isAnchor = context.Anchors.Any(anchor => key == anchor.KeyDigest && (anchor.CertificateDigest is not { } pinned || pinned == certificate));
        checks.Add(Rules.TrustAnchor, isAnchor, string.Join(" or ", context.Anchors.Select(anchor => Describe(anchor.KeyDigest, anchor.CertificateDigest))), Describe(key, certificate));
    }

    List<string> Offenders(Func<Certificate, string?> problem)
    {
        var offenders = new List<string>();
        for (var i = 0; i < Count; i++)
        {
            if (problem(certificates[i]) is { } found)
            {
                offenders.Add($"{Label(i)}: {found}");
            }
        }

        return offenders;
    }

    static string Describe(Measurement key, Measurement? certificate) =>
        "key " + key.ToTaggedString() + (certificate is { } digest ? ", certificate " + digest.ToTaggedString() : string.Empty);
}
