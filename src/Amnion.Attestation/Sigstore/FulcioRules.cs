using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>The checks of a signing certificate: issued by a trusted authority, for code signing, valid when it signed.</summary>
static class FulcioRules
{
    static readonly ChainProfile s_profile = new()
    {
        Name = "signing certificate",
        Keys = [KeyKind.P256, KeyKind.P384, KeyKind.P521, KeyKind.Rsa],
        Signatures =
        [
            .. from scheme in new[] { SignatureScheme.Ecdsa, SignatureScheme.RsaPkcs1 }
               from hash in new[] { HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512 }
               select new SignatureAlgorithm(scheme, hash),
        ],

        // Critical because the subject is empty (RFC 5280 §4.1.2.6); both are checked here.
        KnownCriticalExtensions = [Oids.SubjectAlternativeName, Oids.ExtendedKeyUsage],
    };

    /// <summary>Checks the certificate at every time at which the signature is known to have existed; returns its issuer where one is trusted.</summary>
    public static Certificate? Check(Certificate certificate, SigstoreTrustedRoot root, IReadOnlyList<DateTimeOffset> times, CheckList checks)
    {
        var period = $"{SigstoreJson.Show(certificate.NotBefore)} to {SigstoreJson.Show(certificate.NotAfter)}";
        if (times.Count == 0)
        {
            // Nothing proves when it signed, which rejects. The other rules are still worth hearing, at a time that is no problem of its own.
            checks.Skip(SigstoreRules.CertificateTime, "not checked: no time is proven", period);
            times = [certificate.NotBefore];
        }
        else
        {
            var wrong = times.Where(time => time < certificate.NotBefore || time > certificate.NotAfter).Select(SigstoreJson.Show).ToList();
            checks.Add(SigstoreRules.CertificateTime, wrong, period);
        }

        var uses = SignerReader.ReadUses(certificate);
        checks.Add(SigstoreRules.CodeSigning, uses.Contains(SigstoreOids.CodeSigning), SigstoreOids.CodeSigning, string.Join(", ", uses));
        return CheckIssuer(certificate, root, times, checks);
    }

    static Certificate? CheckIssuer(Certificate certificate, SigstoreTrustedRoot root, IReadOnlyList<DateTimeOffset> times, CheckList checks)
    {
        var named = root.Authorities.Where(authority => authority.Chain[0].Subject.Span.SequenceEqual(certificate.Issuer.Span)).ToList();
        var current = named.Where(authority => times.All(authority.ValidFor.Contains)).ToList();
        checks.Add(SigstoreRules.NoAuthority, current.Count > 0, "an authority of the certificate's issuer name, trusted at every proven time", named.Count == 0 ? "no authority of that name" : string.Join("; ", named.Select(authority => authority.ValidFor)));

        // One name may stand for several keys; the one whose chain holds is meant, and failing that the first says what is wrong.
        CheckList? first = null;
        foreach (var authority in current)
        {
            var candidate = new CheckList();
            foreach (var time in times)
            {
                var path = new CheckList();
                CertificatePath.Verify([.. authority.Chain.Reverse(), certificate], s_profile, Context(authority, time), path);
                Merge(candidate, path.ToImmutable());
            }

            if (candidate.Authentic)
            {
                checks.AddRange(candidate.ToImmutable());
                return authority.Chain[0];
            }

            first ??= candidate;
        }

        if (first is not null)
        {
            checks.AddRange(first.ToImmutable());
        }

        return first is null ? null : current[0].Chain[0];
    }

    /// <summary>The checks at the first time, and of further times only what rejects: the same rules need not be read again.</summary>
    static void Merge(CheckList candidate, ImmutableArray<AttestationCheck> path) =>
        candidate.AddRange(candidate.ToImmutable().IsEmpty ? path : path.Where(check => check.Rejects));

    static PathContext Context(AuthorityInstance authority, DateTimeOffset time) => new()
    {
        // The anchor is the root's own last certificate, by its key and its bytes.
        Anchors = [TrustAnchor.FromCertificate(authority.Chain[^1].Der.Span)],
        At = time,
    };
}
