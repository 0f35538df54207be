using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.SevSnp;

/// <summary>
/// Verifies that a report was signed with an endorsement key under one of AMD's roots, and that key, chip, product and TCB belong together: AMD 56860
/// and 57230, RFC 5280 §6. Knows nothing of policies.
/// </summary>
public static class SnpVerifier
{
    /// <summary>Those of the caller and those of the host's table.</summary>
    const int MaxCertificates = Endorsements.MaxCount + SnpCertificateTable.MaxEntries;

    /// <summary>Runs every check and lists all of them; the report is authentic where none rejects.</summary>
    public static ImmutableArray<AttestationCheck> Verify(SnpReport report, SnpVerification verification)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        _ = Verify(report, verification, checks);
        return checks.ToImmutable();
    }

    /// <summary>As above, into a list.</summary>
    /// <returns>Endorsement key and root, for what they say; null where there is none. They are authentic only if the checks say so.</returns>
    internal static (SnpEndorsementKey Key, Measurement Root)? Verify(SnpReport report, SnpVerification verification, CheckList checks)
    {
        SnpReportRules.Check(report, checks);
        if (ReadCertificates(verification, checks) is not { } given || SelectKey(report, given, checks) is not { } key)
        {
            return null;
        }

        checks.Add(SnpRules.KeyExtensions, key.Problems, "structVersion, productName, patch levels, and hwID or cspID");
        CheckSignature(report, key, checks);
        SnpKeyRules.Check(report, key, verification.AllowMaskedChipId, checks);
        var path = CertificatePath.Build(key.Certificate, Complete(given), verification.At);
        checks.Add(SnpRules.Path, path is not null, "certificates up to a self-signed root", path is null ? "an issuer is missing" : null);
        if (path is null)
        {
            return null;
        }

        CertificatePath.Verify(path, key.IsVlek ? s_vlek : s_vcek, Context(verification), checks);
        SnpChainRules.Check(report, key, path, checks);
        return (key, path[0].KeyDigest);
    }

    /// <summary>AMD 57230: RSA-4096 keys of ARK and ASK, signatures RSASSA-PSS with SHA-384 and a salt of 48 bytes, P-384 keys of chips.</summary>
    static readonly ChainProfile s_profile = new()
    {
        Keys = [KeyKind.P384, KeyKind.Rsa],
        MinRsaBits = 4096,
        Signatures = [new SignatureAlgorithm(SignatureScheme.RsaPss, HashAlgorithmName.SHA384)],
        Label = static (index, count) => (index, count) switch
        {
            (0, _) => "ARK",
            (1, 3) => "ASK",
            (2, 3) => "endorsement key",
            _ => $"certificate {index}",
        },

        // AMD's leaves have no keyUsage, and nothing but the root's list exists: leaves all have the serial number 0.
        LeafNeedsDigitalSignature = false,
        AuthorityNeedsKeyUsage = false,
        Lists = RevocationNeed.Root,
    };

    static readonly ChainProfile s_vcek = s_profile with { Name = "VCEK chain" };
    static readonly ChainProfile s_vlek = s_profile with { Name = "VLEK chain" };

    static PathContext Context(SnpVerification verification) => new()
    {
        Anchors = verification.Anchors,
        At = verification.At,
        RevocationLists = verification.Endorsements.RevocationLists,
        Revoked = verification.Revoked,
        Cache = verification.Cache,
    };

    static List<Certificate>? ReadCertificates(SnpVerification verification, CheckList checks)
    {
        var certificates = new List<Certificate>();
        var problems = new List<string>();
        if (verification.Endorsements.Certificates.Length > MaxCertificates)
        {
            checks.Add(SnpRules.Certificates, CheckOutcome.Fail, $"at most {MaxCertificates}", $"{verification.Endorsements.Certificates.Length}");
            return null;
        }

        foreach (var encoded in verification.Endorsements.Certificates)
        {
            try
            {
                certificates.Add(Certificate.Parse(encoded, verification.Cache));
            }
            catch (CertificateFormatException exception)
            {
                problems.Add(exception.Message);
            }
        }

        checks.Add(SnpRules.Certificates, problems, "strict DER, version 3");
        return problems.Count == 0 ? certificates : null;
    }

    /// <summary>What is given goes before what is built in: a caller that brings a certificate means that one.</summary>
    static List<Certificate> Complete(List<Certificate> given) =>
        [.. given, .. SnpRoots.Parsed.Where(own => !given.Exists(other => other.Subject.Span.SequenceEqual(own.Subject.Span)))];

    /// <summary>Of several keys the one that fits the report best, so that what does not fit is named for the nearest.</summary>
    static SnpEndorsementKey? SelectKey(SnpReport report, List<Certificate> certificates, CheckList checks)
    {
        var key = certificates.Where(SnpEndorsementKey.Has).Select(SnpEndorsementKey.Read)
            .OrderByDescending(candidate => candidate.IsVlek == (report.SigningKey == SnpSigningKey.Vlek))
            .ThenByDescending(candidate => candidate.Tcb(report.ReportedTcb.Layout) == report.ReportedTcb)
            .ThenByDescending(candidate => SnpKeyRules.IsChip(report, candidate))
            .FirstOrDefault();
        checks.Add(SnpRules.EndorsementKey, key is not null, "a certificate with AMD's extensions", key is null ? "none was given" : null);
        return key;
    }

    static void CheckSignature(SnpReport report, SnpEndorsementKey key, CheckList checks)
    {
        checks.Add(SnpRules.SignatureAlgorithm, report.SignatureAlgorithm == 1, "1", Text(report.SignatureAlgorithm));
        if (key.Certificate.Key is not { Kind: KeyKind.P384 } loaded)
        {
            checks.Add(SnpRules.Signature, CheckOutcome.Skip, "a signature of the endorsement key", "not checked: the key is no point of P-384");
            return;
        }

        checks.Add(SnpRules.Signature, loaded.VerifyFixed(report.Bytes.Span[..SnpReport.SignedLength], report.Signature.Span, HashAlgorithmName.SHA384), "an ECDSA signature of the endorsement key");
    }

    static string Text(uint value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
