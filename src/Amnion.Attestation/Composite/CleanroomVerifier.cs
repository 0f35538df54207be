using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.SevSnp;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>Verifies the Evidence of an Azure clean room from AMD's root to the key that was presented. Knows nothing of policies.</summary>
public static class CleanroomVerifier
{
    /// <summary>Runs every check and lists all of them; the Evidence is authentic where none rejects.</summary>
    /// <param name="evidence">The Evidence.</param>
    /// <param name="verification">
    /// AMD's roots and the time. A confidential VM needs the nonce, and a container group must not be given one: its report binds nothing but the key. What cannot be
    /// compared rejects, unless <see cref="AzureVerification.MaySkip"/> names <see cref="TpmCodes.Nonce"/>.
    /// </param>
    /// <param name="endorsers">Roots of the utility VM's endorsement, usually <see cref="UvmVerifier.MicrosoftSupplyChain2022"/>; used for container groups.</param>
    /// <param name="endorsedAt">The time at which the endorsement's chain must be valid; null is the verification's.</param>
    public static CompositeVerificationResult Verify(CleanroomEvidence evidence, AzureVerification verification, ImmutableArray<TrustAnchor> endorsers, DateTimeOffset? endorsedAt = null)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        var fields = new List<EvidenceField>();
        SnpReport report;
        try
        {
            report = SnpReport.Parse(evidence.Report.Span);
        }
        catch (SnpFormatException exception)
        {
            checks.Add(SnpRules.Report, CheckOutcome.Fail, actual: exception.Message);
            return new CompositeVerificationResult(checks.ToImmutable(), []);
        }

        if (evidence is { Hcl: { } hcl, Quote: { } quote })
        {
            AzureVtpmVerifier.CheckHcl(hcl, isSnp: true, checks);
            AzureVtpmVerifier.CheckBinding(hcl, checks);
            AzureVtpmVerifier.CheckQuote(quote, hcl, verification, checks);
            CheckStated(evidence, hcl, quote.Quote, checks);
            CheckCertificate(evidence, hcl, verification.Cache, checks);
            fields.AddRange(hcl.Fields);
            fields.AddRange(AzureVtpmVerifier.TpmFields(quote));
        }

        CheckNonce(evidence, verification, checks);
        AzureVtpmVerifier.VerifyReport(report, evidence.PlatformCertificates, verification, fields, checks);
        if (evidence.Endorsement is { } endorsement)
        {
            UvmVerifier.Verify(endorsement, UvmVerifier.ContainerPlatform, report.Measurement, new PathContext
            {
                Anchors = endorsers,
                At = endorsedAt ?? verification.At,
                RevocationLists = verification.Endorsements.RevocationLists,
                Revoked = verification.Revoked,
                Cache = verification.Cache,
            }, checks);
            fields.AddRange(endorsement.Fields);
        }

        CheckKey(evidence, report, checks);
        return new CompositeVerificationResult(checks.ToImmutable(), [.. fields]);
    }

    /// <summary>A nonce that is compared with itself, or with nothing, shows no freshness: the attester's own statement is never the expectation.</summary>
    static void CheckNonce(CleanroomEvidence evidence, AzureVerification verification, CheckList checks)
    {
        if (evidence.Quote is null && verification.Nonce is { } nonce)
        {
            checks.Skip(TpmRules.Nonce, "a container group's report has no room for a nonce", Convert.ToHexStringLower(nonce.Span));
        }
        else if (evidence.Quote is not null && verification.Nonce is null)
        {
            checks.Skip(TpmRules.Nonce, "no nonce was given to compare with", "the relying party's nonce");
        }
    }

    static void CheckStated(CleanroomEvidence evidence, AzureHclReport hcl, TpmQuote quote, CheckList checks)
    {
        var problems = new List<string>();
        if (evidence.Nonce is { } nonce && !nonce.Span.SequenceEqual(quote.ExtraData.Span))
        {
            problems.Add("nonce is not the one that the quote carries");
        }

        if (!evidence.Report.Span.SequenceEqual(hcl.HardwareReport.Span))
        {
            problems.Add("snpReport is not the report in hclReport");
        }

        if (evidence.StatedRuntime is { } stated && !(stated.Keys.SequenceEqual(hcl.Runtime.Keys) && stated.UserData == hcl.Runtime.UserData && SameKey(stated, hcl.Runtime) && SameConfiguration(stated, hcl.Runtime)))
        {
            problems.Add("runtimeClaims is not the runtime data in hclReport");
        }

        checks.Add(AzureRules.StatedValues, problems, "equal to the signed ones");
    }

    static bool SameKey(AzureRuntimeData stated, AzureRuntimeData bound) => stated.AttestationKeyInfo is { } one && bound.AttestationKeyInfo is { } other && one.Span.SequenceEqual(other.Span);

    /// <summary>Who repeats the configuration fills members in that the signed one leaves out; only their defaults are let pass.</summary>
    static bool SameConfiguration(AzureRuntimeData stated, AzureRuntimeData bound) =>
        bound.Configuration.All(stated.Configuration.Contains) && stated.Configuration.Except(bound.Configuration).All(extra => extra.Value is "" or "false" && !bound.Configuration.Any(pair => pair.Key == extra.Key));

    /// <summary>Azure's own certificate of the attestation key says no more than the hardware does, and must not say another thing.</summary>
    static void CheckCertificate(CleanroomEvidence evidence, AzureHclReport hcl, AppraisalCache? cache, CheckList checks)
    {
        if (evidence.KeyCertificate is not { } der)
        {
            return;
        }

        try
        {
            var certificate = Certificate.Parse(der, cache);
            checks.Add(AzureRules.CertificateKey, hcl.Runtime.AttestationKeyInfo is { } key && certificate.SubjectPublicKeyInfo.Span.SequenceEqual(key.Span));
        }
        catch (CertificateFormatException exception)
        {
            checks.Add(AzureRules.CertificateKey, CheckOutcome.Fail, actual: exception.Message);
        }
    }

    /// <summary>SHA-256 of the PEM text opens the bound value, the rest of which is zero: user data for VMs, REPORT_DATA for container groups.</summary>
    static void CheckKey(CleanroomEvidence evidence, SnpReport report, CheckList checks)
    {
        if (evidence.PublicKey is not { } pem)
        {
            checks.Add(AzureRules.PublicKey, CheckOutcome.Skip, actual: "no key was presented", required: false);
            return;
        }

        var bound = evidence.Hcl is { } hcl ? hcl.Runtime.UserDataBytes ?? default : report.ReportData;
        var matches = !bound.IsEmpty && !bound.Span[32..].ContainsAnyExcept((byte)0) && bound.Span[..32].SequenceEqual(SHA256.HashData(Encoding.UTF8.GetBytes(pem)));
        checks.Add(AzureRules.PublicKey, matches, Convert.ToHexStringLower(bound.Span), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pem))));
    }
}
