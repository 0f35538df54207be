using System.Globalization;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>
/// Verifies signed provenance offline: who signed what, when, and that the world could see it. It is how a Reference Value Provider's
/// values (RFC 9334 §4.5) come to be believed: a repository's workflow measured the image, and the statement says so.
/// </summary>
public static class SigstoreVerifier
{
    /// <summary>Parses and verifies. Malformed input is a failed check, never an exception.</summary>
    public static SigstoreResult Verify(ReadOnlySpan<byte> bundleJson, ReadOnlySpan<byte> trustedRootJson, SigstorePolicy policy, SigstoreContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        var checks = new CheckList();
        SigstoreBundle? bundle = null;
        SigstoreTrustedRoot? root = null;
        try
        {
            root = SigstoreTrustedRoot.Parse(trustedRootJson);
        }
        catch (SigstoreFormatException exception)
        {
            checks.Add(SigstoreRules.TrustedRoot, false, "a trusted root", exception.Message);
        }

        try
        {
            bundle = SigstoreBundle.Parse(bundleJson);
        }
        catch (SigstoreFormatException exception)
        {
            checks.Add(SigstoreRules.BundleFormat, false, "a bundle of version 0.1 to 0.3", exception.Message);
        }

        return bundle is null || root is null ? new SigstoreResult(checks.ToImmutable()) : Verify(bundle, root, policy, context);
    }

    /// <summary>Runs every check and lists all of them.</summary>
    public static SigstoreResult Verify(SigstoreBundle bundle, SigstoreTrustedRoot root, SigstorePolicy policy, SigstoreContext context)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        var checks = new CheckList();
        var certificate = ReadCertificate(bundle, policy, checks, out var signer);
        CheckSignature(bundle, certificate, policy, context, checks);

        var material = policy.Key ?? bundle.SigningCertificate ?? default;
        var observed = TimestampRules.Check(bundle, root, checks);
        DateTimeOffset? earliest = observed.Count == 0 ? null : observed.Min();
        observed.AddRange(LogRules.Check(bundle, root, material, policy, context, earliest, checks));
        CheckTimes(observed, policy, context, checks);

        var scts = 0;
        if (certificate is not null)
        {
            var issuer = FulcioRules.Check(certificate, root, observed.Count == 0 && policy.ObserverTimestampsMin == 0 ? [context.Now] : observed, checks);
            scts = SctRules.Check(certificate, issuer, root, policy, checks);
        }

        var statement = ReadStatement(bundle, policy, checks);
        var authentic = checks.Authentic;
        if (policy.Key is null)
        {
            SignerRules.CheckSigner(signer, policy, checks);
        }

        var digest = context.Artifact is { } artifact ? SHA256.HashData(artifact.Span) : default(ReadOnlyMemory<byte>?);
        if (bundle.Envelope is { } envelope)
        {
            SignerRules.CheckStatement(envelope, statement, policy, digest, checks);
        }
        else
        {
            SignerRules.CheckArtifact(policy, digest, checks);
        }

        return new SigstoreResult(checks.ToImmutable())
        {
            Statement = authentic ? statement : null,
            Signer = authentic ? signer : null,
            Times = authentic ? [.. observed.Order()] : [],
            Fields = SigstoreFields.Of(bundle, signer, statement, scts),
        };
    }

    static Certificate? ReadCertificate(SigstoreBundle bundle, SigstorePolicy policy, CheckList checks, out SignerIdentity? signer)
    {
        signer = null;
        checks.Add(SigstoreRules.SignerKind, bundle.Certificates.IsEmpty == policy.Key is not null, policy.Key is null ? "a certificate" : "a key", bundle.Certificates.IsEmpty ? "a key" : "a certificate");
        if (bundle.Certificates.IsEmpty || policy.Key is not null)
        {
            return null;
        }

        var problems = new List<string>();
        var certificates = new List<Certificate>();
        for (var i = 0; i < bundle.Certificates.Length; i++)
        {
            try
            {
                certificates.Add(Certificate.Parse(bundle.Certificates[i]));
            }
            catch (CertificateFormatException exception)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"certificate {i}: {exception.Message}"));
            }
        }

        var claims = problems.Count == 0 ? SignerReader.ReadClaims(certificates[0], problems) : null;
        checks.Add(SigstoreRules.Certificate, problems, "strict DER, version 3, with claims as Fulcio writes them");

        // A root must come from the relying party. Intermediates may be there and are not used: the trusted root has whole chains.
        checks.Add(SigstoreRules.RootInBundle, !certificates.Exists(certificate => certificate.Issuer.Span.SequenceEqual(certificate.Subject.Span)), "none that is its own issuer");
        if (claims is null)
        {
            return null;
        }

        var names = SignerReader.ReadNames(certificates[0]);
        checks.Add(SigstoreRules.SubjectName, names is [{ Length: > 0 }], "one address, e-mail address or Fulcio name", names is null ? "none that can be read" : string.Create(CultureInfo.InvariantCulture, $"{names.Count} names"));
        signer = new SignerIdentity { Name = names is [var name] ? name : string.Empty, Claims = claims };
        return certificates[0];
    }

    static void CheckSignature(SigstoreBundle bundle, Certificate? certificate, SigstorePolicy policy, SigstoreContext context, CheckList checks)
    {
        if (bundle.Envelope is { } envelope)
        {
            checks.Add(SigstoreRules.SignatureCount, envelope.Signatures.Length == 1, "1", envelope.Signatures.Length.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            CheckDigest(bundle.Message!, context, checks);
        }

        var key = policy.Key is { } info ? SigningKey.FromSubjectPublicKeyInfo(info) : certificate is null ? null : SigningKey.From(certificate);
        if (certificate is not null || policy.Key is not null)
        {
            checks.Add(SigstoreRules.UnsupportedKey, key is not null, "P-256, P-384, P-521 or RSA", certificate?.KeyAlgorithmOid, "signer: " + SigstoreRules.UnsupportedKey.Name);
        }

        var signed = bundle.Envelope is null ? context.Artifact : bundle.Envelope.ToSignedBytes();
        if (key is null || signed is not { } data)
        {
            checks.Skip(SigstoreRules.Signature, key is null ? "not checked: no key" : "not checked: no artifact");
            return;
        }

        checks.Add(SigstoreRules.Signature, !bundle.Signature.IsEmpty && key.Verify(data.Span, bundle.Signature), "a signature by the signer's key");
    }

    static void CheckDigest(MessageSignature message, SigstoreContext context, CheckList checks)
    {
        if (message.DigestAlgorithm is not { } algorithm)
        {
            return;
        }

        if (context.Artifact is not { } artifact)
        {
            checks.Skip(SigstoreRules.MessageDigest, "not checked: no artifact");
            return;
        }

        var digest = CryptographicOperations.HashData(algorithm, artifact.Span);
        checks.Add(SigstoreRules.MessageDigest, message.Digest.Span.SequenceEqual(digest), Convert.ToHexStringLower(digest), Convert.ToHexStringLower(message.Digest.Span));
    }

    static void CheckTimes(List<DateTimeOffset> times, SigstorePolicy policy, SigstoreContext context, CheckList checks)
    {
        checks.Add(SigstoreRules.ObserverTimestamps, times.Count >= policy.ObserverTimestampsMin, policy.ObserverTimestampsMin.ToString(CultureInfo.InvariantCulture), times.Count.ToString(CultureInfo.InvariantCulture));
        var latest = Instant.Add(context.Now, context.ClockSkew);
        checks.Add(SigstoreRules.TimeInFuture, times.Where(time => time > latest).Select(SigstoreJson.Show).ToList(), "not after " + SigstoreJson.Show(latest));
    }

    static InTotoStatement? ReadStatement(SigstoreBundle bundle, SigstorePolicy policy, CheckList checks)
    {
        // Another payload than a statement is not read as one; where the policy wants a statement its media type then fails.
        if (bundle.Envelope is not { } envelope || (envelope.PayloadType != SigstorePolicy.InTotoPayload && envelope.PayloadType != policy.PayloadType))
        {
            return null;
        }

        try
        {
            var statement = InTotoStatement.Parse(envelope.Payload.Span);
            checks.Add(SigstoreRules.Statement, true);
            return statement;
        }
        catch (SigstoreFormatException exception)
        {
            checks.Add(SigstoreRules.Statement, false, "JSON with _type, predicateType and subject", exception.Message);
            return null;
        }
    }
}
