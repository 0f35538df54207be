using System.Globalization;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>The checks of the timestamps embedded in a certificate: RFC 6962, Sigstore client specification §4 (certificate transparency).</summary>
static class SctRules
{
    /// <summary>Returns how many timestamps verify.</summary>
    /// <param name="issuer">The authority that issued the certificate; null where none is known, and then nothing verifies.</param>
    public static int Check(Certificate certificate, Certificate? issuer, SigstoreTrustedRoot root, SigstorePolicy policy, CheckList checks)
    {
        var timestamps = SignedCertificateTimestamp.ReadEmbedded(certificate);
        checks.Add(SigstoreRules.SctMalformed, timestamps is not null, "a list of timestamps of version 1");
        var verified = 0;
        if (timestamps is not null)
        {
            var twice = timestamps.GroupBy(entry => Convert.ToHexStringLower(entry.LogId.Span)).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
            checks.Add(SigstoreRules.SctDuplicateLog, twice, "one timestamp of each log");
            verified = CheckSignatures(certificate, timestamps, issuer, root, checks);
        }

        checks.Add(SigstoreRules.SctCount, verified >= policy.SctMin, Count(policy.SctMin), Count(verified));
        return verified;
    }

    static int CheckSignatures(Certificate certificate, List<SignedCertificateTimestamp> timestamps, Certificate? issuer, SigstoreTrustedRoot root, CheckList checks)
    {
        if (issuer is null)
        {
            checks.Add(SigstoreRules.SctSignature, CheckOutcome.Skip, "signatures over the certificate and its issuer's key", "not checked: no trusted issuer");
            return 0;
        }

        var problems = new List<string>();
        var unsupported = new List<string>();
        var verified = new HashSet<string>(StringComparer.Ordinal);
        var precertificate = SignedCertificateTimestamp.ToPrecertificate(certificate);
        foreach (var timestamp in timestamps)
        {
            // A log that the root does not hold says nothing to us; it neither counts nor spoils.
            foreach (var log in root.CertificateLogs.Where(log => log.KeyId.Span.SequenceEqual(timestamp.LogId.Span)))
            {
                if (log.Algorithm is null)
                {
                    unsupported.Add($"{log.Name}: {log.KeyDetails}");
                }
                else if (timestamp.Time is not { } time || !log.ValidFor.Contains(time))
                {
                    problems.Add($"{log.Name}: trusted from {log.ValidFor}, timestamp {(timestamp.Time is { } at ? SigstoreJson.Show(at) : "beyond the calendar")}");
                }
                else if (Verifies(timestamp, log, timestamp.ToSignedBytes(issuer.SubjectPublicKeyInfo.Span, precertificate)))
                {
                    _ = verified.Add(Convert.ToHexStringLower(timestamp.LogId.Span));
                }
                else
                {
                    problems.Add($"{log.Name}: the signature does not verify");
                }
            }
        }

        checks.Add(SigstoreRules.UnsupportedKey, unsupported, "ECDSA or RSA", "certificate logs: " + SigstoreRules.UnsupportedKey.Name);
        checks.Add(SigstoreRules.SctSignature, problems, "signatures over the certificate and its issuer's key");
        return verified.Count;
    }

    static bool Verifies(SignedCertificateTimestamp timestamp, LogInstance log, byte[] signed)
    {
        var key = log.LoadKey();
        return key is not null && timestamp.Algorithm is { } algorithm && key.Verify(signed, timestamp.Signature, algorithm);
    }

    static string Count(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} of different trusted logs");
}
