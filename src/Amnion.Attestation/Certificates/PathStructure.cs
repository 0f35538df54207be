using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// The checks of a path that follow from its certificates and the profile alone. Time, anchors and revocation are no part of it. Where all of them pass they are
/// remembered with the leaf, for exactly these certificates and this profile; they go when the leaf goes.
/// </summary>
sealed class PathStructure
{
    /// <summary>Constraints on a path that are not applied here; ignoring one would widen what its CA allows, so even a non-critical one is refused.</summary>
    static readonly string[] s_constraints = [Oids.NameConstraints, Oids.PolicyMappings, Oids.PolicyConstraints, Oids.InhibitAnyPolicy];

    readonly Certificate[] _path;
    readonly ChainProfile _profile;

    PathStructure(IReadOnlyList<Certificate> rootFirst, ChainProfile profile)
    {
        _path = [.. rootFirst];
        _profile = profile;
        NotBefore = _path.Max(certificate => certificate.NotBefore);
        NotAfter = _path.Min(certificate => certificate.NotAfter);
        var checks = new CheckList();
        CheckAlgorithms(checks);
        Algorithms = checks.ToImmutable();
        checks = new CheckList();
        Add(checks, Rules.NameChaining, Offenders((i, certificate) => i == 0 || certificate.Issuer.Span.SequenceEqual(_path[i - 1].Subject.Span) ? null : "has another issuer"), "each issuer is the subject before it");
        CheckSignatures(checks);
        Links = checks.ToImmutable();
        checks = new CheckList();
        CheckConstraints(checks);
        Constraints = checks.ToImmutable();
    }

    /// <summary>Kinds of keys and signatures.</summary>
    public ImmutableArray<AttestationCheck> Algorithms { get; }

    /// <summary>Names and signatures.</summary>
    public ImmutableArray<AttestationCheck> Links { get; }

    /// <summary>What each certificate may be used for.</summary>
    public ImmutableArray<AttestationCheck> Constraints { get; }

    /// <summary>When the last of the certificates starts to be valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>When the first of the certificates ends to be valid.</summary>
    public DateTimeOffset NotAfter { get; }

    PathRules Rules => _profile.NamedRules;

    public static PathStructure Of(IReadOnlyList<Certificate> rootFirst, ChainProfile profile)
    {
        var leaf = rootFirst[^1];
        if (leaf.Structure is { } known && known.IsOf(rootFirst, profile))
        {
            return known;
        }

        var structure = new PathStructure(rootFirst, profile);
        if (structure.Algorithms.Concat(structure.Links).Concat(structure.Constraints).All(check => check.Outcome == CheckOutcome.Pass))
        {
            leaf.Structure = structure;
        }

        return structure;
    }

    /// <summary>What is wrong with a key; null where the profile accepts it.</summary>
    public static string? KeyProblem(Certificate certificate, ChainProfile profile)
    {
        if (PublicKey.KindOf(certificate) is not { } kind || !profile.Keys.Contains(kind))
        {
            return certificate.CurveOid ?? certificate.KeyAlgorithmOid;
        }

        var bits = certificate.RsaModulusBits;
        return kind == KeyKind.Rsa && (bits < profile.MinRsaBits || bits > PublicKey.MaxRsaBits) ? string.Create(CultureInfo.InvariantCulture, $"RSA of {bits} bits") : null;
    }

    /// <summary>Whether the profile accepts signatures of that algorithm; no algorithm is none that it accepts.</summary>
    public static bool Accepts(SignatureAlgorithm? algorithm, ChainProfile profile) => algorithm is { } known && profile.Signatures.Contains(known);

    public static string Label(int index, int count, ChainProfile profile) =>
        profile.Label?.Invoke(index, count) ?? (index == 0 ? "root" : index == count - 1 ? "leaf" : string.Create(CultureInfo.InvariantCulture, $"certificate {index}"));

    /// <summary>The very objects: what was read from other bytes is another object.</summary>
    bool IsOf(IReadOnlyList<Certificate> rootFirst, ChainProfile profile)
    {
        if (_path.Length != rootFirst.Count || !ReferenceEquals(_profile, profile))
        {
            return false;
        }

        for (var i = 0; i < _path.Length; i++)
        {
            if (!ReferenceEquals(_path[i], rootFirst[i]))
            {
                return false;
            }
        }

        return true;
    }

    void CheckAlgorithms(CheckList checks)
    {
        Add(checks, Rules.KeyType, Offenders((_, certificate) => KeyProblem(certificate, _profile)), _profile.KeysText);
        Add(checks, Rules.SignatureAlgorithm, Offenders((_, certificate) => Accepts(certificate.Algorithm, _profile) ? null : certificate.SignatureAlgorithmOid), _profile.SignaturesText);
    }

    void CheckSignatures(CheckList checks)
    {
        var root = VerifySignature(0, 0);
        var selfSigned = root == CheckOutcome.Pass && !_path[0].IsSelfIssued ? CheckOutcome.Fail : root;
        checks.Add(Rules.RootSelfSigned, selfSigned, actual: selfSigned == CheckOutcome.Skip ? "not checked: another algorithm" : null);
        var worst = CheckOutcome.Pass;
        var offenders = new List<string>();
        for (var i = 1; i < _path.Length; i++)
        {
            var outcome = VerifySignature(i - 1, i);
            if (outcome != CheckOutcome.Pass)
            {
                offenders.Add($"{Label(i, _path.Length, _profile)}: {(outcome == CheckOutcome.Fail ? "not signed by it" : "not checked: another algorithm")}");
                worst = worst == CheckOutcome.Fail ? worst : outcome;
            }
        }

        checks.Add(Rules.CertificateSignature, worst, actual: offenders.Count == 0 ? null : string.Join("; ", offenders));
    }

    void CheckConstraints(CheckList checks)
    {
        var leaf = _path.Length - 1;
        Add(checks, Rules.CertificateAuthority, Offenders((i, certificate) =>
            i == leaf || (certificate.IsCertificateAuthority && certificate.BasicConstraintsCritical) ? null : "is no CA by a critical extension"), "critical basicConstraints with cA TRUE");
        checks.Add(Rules.LeafNotAuthority, !_path[leaf].IsCertificateAuthority && _path[leaf].PathLength is null, "cA FALSE and no pathLenConstraint");

        // RFC 5280 leaves self-issued certificates out of the count; manufacturers have none below the root, so counting all is only stricter.
        Add(checks, Rules.PathLength, Offenders((i, certificate) => i == leaf || certificate.PathLength is not { } limit || leaf - 1 - i <= limit
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"allows {limit}, has {leaf - 1 - i}")), "no more CA certificates below than pathLenConstraint allows");
        Add(checks, Rules.KeyCertSign, Offenders((i, certificate) => i == leaf || Has(certificate, X509KeyUsageFlags.KeyCertSign, _profile.AuthorityNeedsKeyUsage) ? null : "lacks it"), "keyUsage with keyCertSign");
        checks.Add(Rules.DigitalSignature, Has(_path[leaf], _profile.LeafUsage, _profile.LeafNeedsDigitalSignature), "keyUsage with " + Spelled(_profile.LeafUsage));
        Add(checks, Rules.CriticalExtension, Offenders((_, certificate) => certificate.Extensions.FirstOrDefault(extension =>
            (extension.Critical && extension.Oid is not (Oids.BasicConstraints or Oids.KeyUsage) && !_profile.KnownCriticalExtensions.Contains(extension.Oid)) || s_constraints.Contains(extension.Oid)).Oid),
            _profile.ExtensionsText);
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
        var certificate = _path[subject];
        if (!Accepts(certificate.Algorithm, _profile) || KeyProblem(_path[issuer], _profile) is not null || _path[issuer].Key is null)
        {
            return CheckOutcome.Skip;
        }

        return certificate.IsSignedBy(_path[issuer]) ? CheckOutcome.Pass : CheckOutcome.Fail;
    }

    List<string> Offenders(Func<int, Certificate, string?> problem)
    {
        var offenders = new List<string>();
        for (var i = 0; i < _path.Length; i++)
        {
            if (problem(i, _path[i]) is { } found)
            {
                offenders.Add($"{Label(i, _path.Length, _profile)}: {found}");
            }
        }

        return offenders;
    }

    static void Add(CheckList checks, CheckRule rule, List<string> problems, string expected) => checks.Add(rule, problems, expected);
}
