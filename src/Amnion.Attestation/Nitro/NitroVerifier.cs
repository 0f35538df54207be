using System.Collections.Immutable;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nitro;

/// <summary>
/// Verifies that a document was signed under a trust anchor: AWS Nitro Enclaves attestation process §3.2.3 and RFC 5280 §6, with the narrow profile
/// that AWS uses. Knows nothing of policies.
/// </summary>
public static class NitroVerifier
{
    /// <summary>Runs every check and lists all of them; the document is authentic where none rejects.</summary>
    public static ImmutableArray<AttestationCheck> Verify(NitroDocument document, NitroVerification verification)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList();
        _ = VerifyChain(document.Content, new PathContext
        {
            Anchors = [verification.Anchor],
            At = verification.At,
            RevocationLists = verification.RevocationLists,
            Revoked = verification.Revoked,
            Cache = verification.Cache,
        }, checks);
        CheckFuture(NitroRules.Future, document.Timestamp, verification.At, verification.ClockSkew, checks);
        return checks.ToImmutable();
    }

    /// <summary>Certificates, signature and path, alike for documents of enclaves and of NitroTPM.</summary>
    /// <returns>SHA-256 of the root's key, checked or not; null where a certificate does not parse.</returns>
    internal static Measurement? VerifyChain(NitroPayload document, PathContext context, CheckList checks)
    {
        if (ReadChain(document, context.Cache, checks) is not { } certificates)
        {
            return null;
        }

        var chain = new CertificatePath(certificates, NitroRules.Profile);
        chain.CheckAlgorithms(checks);
        var leafKey = chain.Key(chain.Count - 1);
        var signed = leafKey is null ? CheckOutcome.Skip : document.Message.Verify(leafKey.Ecdsa!) ? CheckOutcome.Pass : CheckOutcome.Fail;
        checks.Add(NitroRules.Signature, signed, "an ES384 signature of the leaf key", signed == CheckOutcome.Skip ? "not checked: the leaf key is unusable" : null);
        chain.CheckPath(context, checks);
        return chain.Root.KeyDigest;
    }

    internal static void CheckFuture(CheckRule rule, DateTimeOffset timestamp, DateTimeOffset at, TimeSpan clockSkew, CheckList checks)
    {
        var latest = Instant.Add(at, clockSkew);
        checks.Add(rule, timestamp <= latest, "not after " + CertificatePath.Text(latest), CertificatePath.Text(timestamp));
    }

    internal static void CheckAge(CheckRule rule, DateTimeOffset timestamp, AppraisalPolicy policy, AppraisalContext context, CheckList checks)
    {
        if (context.AtDocumentTime)
        {
            checks.Add(rule, CheckOutcome.Skip, actual: "audit at the document's own time", required: false);
            return;
        }

        var oldest = Instant.Add(context.Now, -(policy.MaxAge + policy.ClockSkew));
        checks.Add(rule, timestamp >= oldest, "not before " + CertificatePath.Text(oldest), CertificatePath.Text(timestamp));
    }

    /// <summary>Members of a later version are signed and say nothing here: they are named, so that nobody takes them for checked.</summary>
    internal static void CheckUnknownFields(NitroPayload document, CheckList checks)
    {
        if (!document.UnknownFields.IsEmpty)
        {
            checks.Add(NitroRules.UnknownFields, CheckOutcome.Skip, actual: string.Join(", ", document.UnknownFields), required: false);
        }
    }

    static List<Certificate>? ReadChain(NitroPayload document, AppraisalCache? cache, CheckList checks)
    {
        var certificates = new List<Certificate>();
        var problems = new List<string>();
        ReadOnlyMemory<byte>[] encoded = [.. document.CaBundle, document.Certificate];
        for (var i = 0; i < encoded.Length; i++)
        {
            try
            {
                certificates.Add(Certificate.Parse(encoded[i], cache));
            }
            catch (CertificateFormatException exception)
            {
                problems.Add($"{NitroRules.Label(i, encoded.Length)}: {exception.Message}");
            }
        }

        checks.Add(NitroRules.Certificates, problems, "strict DER, version 3");
        return problems.Count == 0 ? certificates : null;
    }
}
