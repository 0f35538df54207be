using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>The checks of RFC 3161 timestamps: of this signature, by an authority of the trusted root, validly signed.</summary>
static class TimestampRules
{
    static readonly ChainProfile s_profile = new()
    {
        Name = "timestamp authority",
        Keys = [KeyKind.P256, KeyKind.P384, KeyKind.P521, KeyKind.Rsa],
        Signatures =
        [
            .. from scheme in new[] { SignatureScheme.Ecdsa, SignatureScheme.RsaPkcs1 }
               from hash in new[] { HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512 }
               select new SignatureAlgorithm(scheme, hash),
        ],
        KnownCriticalExtensions = [Oids.ExtendedKeyUsage],
    };

    /// <summary>Checks every token, and returns the times of those that hold.</summary>
    public static List<DateTimeOffset> Check(SigstoreBundle bundle, SigstoreTrustedRoot root, CheckList checks)
    {
        var times = new List<DateTimeOffset>();
        for (var i = 0; i < bundle.Timestamps.Length; i++)
        {
            var prefix = bundle.Timestamps.Length == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"timestamp {i}: ");
            var token = TimestampToken.Parse(bundle.Timestamps[i]);
            checks.Add(SigstoreRules.TimestampMalformed, token is not null, "a granted token with one signer, DER", name: prefix + SigstoreRules.TimestampMalformed.Name);
            if (token is not null && CheckToken(token, bundle, root, prefix, checks))
            {
                times.Add(token.Time);
            }
        }

        return times;
    }

    static bool CheckToken(TimestampToken token, SigstoreBundle bundle, SigstoreTrustedRoot root, string prefix, CheckList checks)
    {
        var imprint = CryptographicOperations.HashData(token.ImprintAlgorithm, bundle.Signature.Span);
        var same = token.Imprint.Span.SequenceEqual(imprint);
        checks.Add(SigstoreRules.TimestampImprint, same, Convert.ToHexStringLower(imprint), Convert.ToHexStringLower(token.Imprint.Span), prefix + SigstoreRules.TimestampImprint.Name);

        var signer = FindSigner(token, root, out var problems);
        if (signer is null && problems.Count == 0)
        {
            // Not covered by the signature, so anybody can add one: a stranger's token neither counts nor spoils.
            checks.Add(SigstoreRules.TimestampAuthority, CheckOutcome.Skip, "an authority of the trusted root", "an authority that the trusted root does not hold; not counted", required: false, name: prefix + SigstoreRules.TimestampAuthority.Name);
            return false;
        }

        checks.Add(SigstoreRules.TimestampAuthority, problems, "a chain to an authority of the trusted root at " + SigstoreJson.Show(token.Time), prefix + SigstoreRules.TimestampAuthority.Name);
        if (signer is null)
        {
            checks.Skip(SigstoreRules.TimestampSignature, "not checked: no trusted authority", name: prefix + SigstoreRules.TimestampSignature.Name);
            return false;
        }

        var wrong = CheckSignature(token, signer);
        checks.Add(SigstoreRules.TimestampSignature, wrong, "a signature over the token by that authority", prefix + SigstoreRules.TimestampSignature.Name);
        return same && problems.Count == 0 && wrong.Count == 0;
    }

    /// <summary>The signer's certificate, from the trusted root or from the token, where its chain ends in an authority of the root. Null without problems where no authority of the root has its name.</summary>
    static Certificate? FindSigner(TimestampToken token, SigstoreTrustedRoot root, out List<string> problems)
    {
        problems = [];
        var embedded = token.Certificates.Select(Read).OfType<Certificate>().Where(certificate => IsSigner(certificate, token)).Take(1).ToList();
        foreach (var authority in root.TimestampAuthorities)
        {
            // The root names the authority's leaf, or only its CAs; then the leaf must come with the token.
            List<Certificate> path = IsSigner(authority.Chain[0], token)
                ? [.. authority.Chain.Reverse()]
                : [.. authority.Chain.Reverse(), .. embedded.Where(leaf => leaf.Issuer.Span.SequenceEqual(authority.Chain[0].Subject.Span))];
            if (!IsSigner(path[^1], token) || path.Count < 2)
            {
                continue;
            }

            var checks = new CheckList();
            CertificatePath.Verify(path, s_profile, new PathContext { Anchors = [TrustAnchor.FromCertificate(path[0].Der.Span)], At = token.Time }, checks);
            var found = checks.ToImmutable().Where(check => check.Rejects).Select(check => $"{check.Code} {check.Name}: {check.Actual}").ToList();
            if (!authority.ValidFor.Contains(token.Time))
            {
                found.Add($"trusted from {authority.ValidFor}");
            }

            if (SignerReader.ReadUses(path[^1]) is not [SigstoreOids.TimeStamping])
            {
                found.Add("the certificate is not for timestamps alone");
            }

            if (found.Count == 0)
            {
                problems = [];
                return path[^1];
            }

            problems.AddRange(found);
        }

        return null;
    }

    static List<string> CheckSignature(TimestampToken token, Certificate signer)
    {
        var problems = new List<string>();
        var digest = CryptographicOperations.HashData(token.DigestAlgorithm, token.Content.Span);
        if (!Is(token, SigstoreOids.ContentType, reader => reader.ReadObjectIdentifier() == SigstoreOids.TstInfo))
        {
            problems.Add("content-type is not TSTInfo");
        }

        if (!Is(token, SigstoreOids.MessageDigest, reader => reader.ReadOctetString().AsSpan().SequenceEqual(digest)))
        {
            problems.Add("message-digest is not the content's");
        }

        if (!Is(token, SigstoreOids.SigningCertificateV2, reader => NamesCertificate(reader, signer)))
        {
            problems.Add("signing-certificate-v2 does not name the signer (RFC 5816)");
        }

        if (signer.Key is not { } key || token.Algorithm is not { } algorithm || !key.Verify(token.SignedAttributes, token.Signature, algorithm))
        {
            problems.Add("the signature does not verify");
        }

        return problems;
    }

    /// <summary>ESSCertIDv2 of the first certificate, RFC 5035 §4; its hash is SHA-256 unless named.</summary>
    static bool NamesCertificate(AsnReader reader, Certificate signer)
    {
        var first = reader.ReadSequence().ReadSequence().ReadSequence();
        var hash = first.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence) ? TimestampToken.ReadHash(first.ReadEncodedValue()) : HashAlgorithmName.SHA256;
        return hash is { } known && first.ReadOctetString().AsSpan().SequenceEqual(CryptographicOperations.HashData(known, signer.Der.Span));
    }

    static bool Is(TimestampToken token, string oid, Func<AsnReader, bool> holds)
    {
        try
        {
            return token.Attributes.TryGetValue(oid, out var value) && holds(new AsnReader(value, AsnEncodingRules.DER));
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    static bool IsSigner(Certificate certificate, TimestampToken token) =>
        certificate.Issuer.Span.SequenceEqual(token.Issuer.Span) && certificate.SerialNumber.Span.SequenceEqual(token.SerialNumber.Span);

    static Certificate? Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            return Certificate.Parse(der);
        }
        catch (CertificateFormatException)
        {
            return null;
        }
    }
}
