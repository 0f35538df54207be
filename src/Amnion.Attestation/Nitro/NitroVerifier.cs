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
        if (ReadChain(document, verification.Cache, checks) is { } certificates)
        {
            var chain = new CertificatePath(certificates, NitroRules.Profile);
            Verify(document, verification, chain, checks);
        }

        var latest = Instant.Add(verification.At, verification.ClockSkew);
        checks.Add(NitroRules.Future, document.Timestamp <= latest, "not after " + CertificatePath.Text(latest), CertificatePath.Text(document.Timestamp));
        return checks.ToImmutable();
    }

    static void Verify(NitroDocument document, NitroVerification verification, CertificatePath chain, CheckList checks)
    {
        chain.CheckAlgorithms(checks);
        var leafKey = chain.Key(chain.Count - 1);
        var signed = leafKey is null ? CheckOutcome.Skip : document.Message.Verify(leafKey.Ecdsa!) ? CheckOutcome.Pass : CheckOutcome.Fail;
        checks.Add(NitroRules.Signature, signed, "an ES384 signature of the leaf key", signed == CheckOutcome.Skip ? "not checked: the leaf key is unusable" : null);
        chain.CheckPath(new PathContext
        {
            Anchors = [verification.Anchor],
            At = verification.At,
            RevocationLists = verification.RevocationLists,
            Revoked = verification.Revoked,
            Cache = verification.Cache,
        }, checks);
    }

    static List<Certificate>? ReadChain(NitroDocument document, AppraisalCache? cache, CheckList checks)
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
