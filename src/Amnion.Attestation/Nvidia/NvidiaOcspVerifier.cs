using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nvidia;

/// <summary>Verifies an OCSP response alone, where the certificate it is about is not at hand: its issuer is found by the hashes in the response.</summary>
public static class NvidiaOcspVerifier
{
    static readonly CheckRule s_issuer = new(PathCodes.NoPath, "issuer chain: the issuer and its chain were given", "RFC 6960 §4.1.1");

    /// <summary>The time span in which every answer of a response holds.</summary>
    /// <param name="response">DER.</param>
    /// <param name="from">Latest of thisUpdate and producedAt.</param>
    /// <param name="until">Earliest nextUpdate.</param>
    /// <returns>False where the response does not parse, has no answers, or states no end.</returns>
    public static bool TryWindow(ReadOnlyMemory<byte> response, [NotNullWhen(true)] out DateTimeOffset? from, [NotNullWhen(true)] out DateTimeOffset? until)
    {
        from = null;
        until = null;
        try
        {
            var parsed = OcspResponse.Parse(response, anyTimeForm: true);
            if (parsed.Answers.IsEmpty || parsed.Answers.Any(answer => answer.NextUpdate is null))
            {
                return false;
            }

            from = parsed.Answers.Max(answer => answer.ThisUpdate > parsed.ProducedAt ? answer.ThisUpdate : parsed.ProducedAt);
            until = parsed.Answers.Min(answer => answer.NextUpdate!.Value);
            return true;
        }
        catch (CertificateFormatException)
        {
            return false;
        }
    }

    /// <summary>Verifies every answer: its issuer's chain to an anchor, the responder's authority, signature, time, status.</summary>
    /// <param name="response">DER.</param>
    /// <param name="certificates">DER certificates among which issuers and roots are looked for; none is trusted for being there.</param>
    /// <param name="verification">Anchors and time.</param>
    public static ImmutableArray<AttestationCheck> Verify(ReadOnlyMemory<byte> response, IReadOnlyCollection<ReadOnlyMemory<byte>> certificates, NvidiaVerification verification)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        var pool = Pool(certificates);
        var verified = new HashSet<Certificate>();
        var ocsp = new OcspVerifier(NvidiaChains.Ocsp(verification), "answer");
        var count = 0;
        foreach (var parsed in OcspVerifier.ParseAll([response], anyTimeForm: true, verification.Cache, checks))
        {
            foreach (var answer in parsed.Answers)
            {
                count++;
                Verify(parsed, answer, pool, verified, verification, ocsp, checks);
            }
        }

        if (count > 0)
        {
            ocsp.Report(checks);
        }
        else
        {
            checks.Add(OcspRules.Missing, CheckOutcome.Fail, "an answer", "none");
        }

        return checks.ToImmutable();
    }

    static void Verify(OcspResponse response, OcspSingleResponse answer, List<Certificate> pool, HashSet<Certificate> verified, NvidiaVerification verification, OcspVerifier ocsp, CheckList checks)
    {
        if (pool.Find(answer.IsOf) is not { } issuer)
        {
            checks.Add(s_issuer, CheckOutcome.Fail, "certificates up to a root", "no certificate has the issuer's name and key");
            return;
        }

        // Once per issuer, however many answers name it.
        if (verified.Add(issuer))
        {
            VerifyIssuer(issuer, pool, verification, checks);
        }

        ocsp.CheckAnswer(Convert.ToHexStringLower(answer.SerialNumber.Span), response, answer, issuer);
    }

    /// <summary>A path whose end is a CA: of the rules of a leaf only the one that it be no CA is left out.</summary>
    static void VerifyIssuer(Certificate issuer, List<Certificate> pool, NvidiaVerification verification, CheckList checks)
    {
        if (CertificatePath.Build(issuer, pool, verification.At) is not { } path)
        {
            checks.Add(s_issuer, CheckOutcome.Fail, "certificates up to a root", "no path to a root");
            return;
        }

        var own = new CheckList(verification.MaySkip);
        NvidiaChains.VerifyIssuer(path, verification, own);
        checks.AddRange(own.ToImmutable().Where(check => check.Code != PathCodes.LeafIsCertificateAuthority));
        var isAuthority = path[^1] is { IsCertificateAuthority: true, BasicConstraintsCritical: true };
        checks.Add(s_issuer, isAuthority, "a CA by a critical extension", isAuthority ? null : "not a CA");
    }

    static List<Certificate> Pool(IReadOnlyCollection<ReadOnlyMemory<byte>> certificates)
    {
        var pool = new List<Certificate>();
        foreach (var der in certificates)
        {
            try
            {
                var certificate = NvidiaChain.ReadCertificate(der, null);
                if (!pool.Exists(other => other.Der.Span.SequenceEqual(der.Span)))
                {
                    pool.Add(certificate);
                }
            }
            catch (NvidiaFormatException)
            {
                // Not one to look among; the answer's issuer is then missing, which is a failed check.
            }
        }

        return pool;
    }
}
