using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nitro;

/// <summary>Revocation by the relying party's list and by issuers' lists: RFC 5280 §5.3 and §6.3.3. Fails closed on any list it cannot rely on.</summary>
static class NitroRevocation
{
    public static void Check(NitroChain chain, NitroVerification verification, CheckList checks)
    {
        var listed = Enumerable.Range(0, chain.Count).Where(i => verification.Revoked.Contains(chain[i].Id)).Select(chain.Label).ToList();
        checks.Add(NitroRules.Revoked, listed, "issuer and serial number on no list");
        if (verification.RevocationLists.IsDefaultOrEmpty)
        {
            checks.Add(NitroRules.RevokedByIssuer, CheckOutcome.Skip, actual: "no revocation list was given", required: false);
            return;
        }

        var revoked = new List<string>();
        var unusable = new List<string>();
        var applied = 0;
        foreach (var encoded in verification.RevocationLists)
        {
            applied += CheckList(chain, encoded, verification.At, revoked, unusable);
        }

        checks.Add(NitroRules.RevocationLists, unusable, "complete, current and signed by the issuer");
        if (applied == 0)
        {
            // Lists of other issuers say nothing about this chain.
            checks.Add(NitroRules.RevokedByIssuer, CheckOutcome.Skip, actual: "no list that was given is by an issuer of this chain", required: false);
            return;
        }

        checks.Add(NitroRules.RevokedByIssuer, revoked, "serial number on no list");
    }

    /// <summary>Number of certificates that the list is about.</summary>
    static int CheckList(NitroChain chain, ReadOnlyMemory<byte> encoded, DateTimeOffset at, List<string> revoked, List<string> unusable)
    {
        RevocationList list;
        try
        {
            list = RevocationList.Parse(encoded);
        }
        catch (CertificateFormatException exception)
        {
            unusable.Add(exception.Message);
            return 0;
        }

        var applied = 0;
        for (var i = 1; i < chain.Count; i++)
        {
            if (!list.Issuer.Span.SequenceEqual(chain[i].Issuer.Span))
            {
                continue;
            }

            applied++;
            if (Unusable(list, chain, i - 1, at) is { } reason)
            {
                unusable.Add($"{chain.Label(i - 1)}: {reason}");
            }
            else if (list.SerialNumbers.Contains(chain[i].Id.SerialNumber))
            {
                revoked.Add(chain.Label(i));
            }
        }

        return applied;
    }

    static string? Unusable(RevocationList list, NitroChain chain, int issuer, DateTimeOffset at)
    {
        if (list.HasCriticalExtension)
        {
            return "critical extension, so perhaps only a part of the list";
        }

        if (list.ThisUpdate > at || list.NextUpdate is not { } next || next < at)
        {
            return "not current at " + NitroVerifier.Time(at);
        }

        if (!(chain[issuer].KeyUsage ?? X509KeyUsageFlags.None).HasFlag(X509KeyUsageFlags.CrlSign))
        {
            return "the issuer's keyUsage lacks cRLSign";
        }

        var signed = EcdsaKey.IsEcdsaSha384(list.SignatureAlgorithm, list.InnerSignatureAlgorithm)
            && chain.Key(issuer) is { } key && key.VerifyDer(list.Tbs.Span, list.Signature);
        return signed ? null : "not signed by the issuer with ECDSA and SHA-384";
    }
}
