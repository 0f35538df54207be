using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.SevSnp;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>
/// Verifies the whole way from the hardware's root to the registers of an Azure confidential VM: hardware report, runtime data that it binds, attestation key
/// in the runtime data, quote by that key, register values. Knows nothing of policies.
/// </summary>
public static class AzureVtpmVerifier
{
    static readonly ImmutableSortedSet<int> s_all = [.. Enumerable.Range(0, AzureVtpmEvidence.RegisterCount)];

    /// <summary>Where the measurements of a trust domain stand in TDREPORT (TDINFO_STRUCT) and their length.</summary>
    const int TdInfoOffset = 512;

    /// <summary>Runs every check and lists all of them; the Evidence is authentic where none rejects.</summary>
    public static CompositeVerificationResult Verify(AzureVtpmEvidence evidence, AzureVerification verification)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        var found = Verify(evidence, verification, checks);
        return new CompositeVerificationResult(checks.ToImmutable(), [.. found.Fields]);
    }

    internal static AzureHardware Verify(AzureVtpmEvidence evidence, AzureVerification verification, CheckList checks)
    {
        var hcl = evidence.Hcl;
        CheckHcl(hcl, evidence.TdQuote is null, checks);
        CheckBinding(hcl, checks);
        CheckQuote(evidence.Quote, hcl, verification, checks);
        var fields = new List<EvidenceField>(hcl.Fields);
        fields.AddRange(TpmFields(evidence.Quote));
        return evidence.TdQuote is { } quote
            ? VerifyTdx(hcl, quote, verification, fields, checks)
            : VerifySnp(hcl, evidence.Certificates, verification, fields, checks);
    }

    /// <summary>The fields of the virtual TPM, each under "tpm.".</summary>
    internal static IEnumerable<EvidenceField> TpmFields(TpmSignedQuote quote) =>
        TpmAppraiser.Fields(new TpmEvidence { Quotes = [quote] }).Select(field => field with { Name = "tpm." + field.Name });

    internal static void CheckHcl(AzureHclReport hcl, bool isSnp, CheckList checks)
    {
        var problems = new List<string>();
        void Expect(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }

        Expect(hcl.Version is 1 or 2, "a header version other than 1 and 2");
        Expect(hcl.RequestType == 2, "a request that is not for attestation");
        Expect(hcl.Status == 0, "a status that is not success");
        Expect(hcl.DataVersion == 1, "runtime data of a version other than 1");
        Expect(isSnp ? hcl.IsSnp : hcl.IsTdx, "another kind of hardware report than the Evidence has endorsements for");
        checks.Add(AzureRules.HclReport, problems, isSnp ? "attestation by SEV-SNP" : "attestation by TDX");
        checks.Add(AzureRules.UserData, hcl.Runtime.UserData is null || hcl.Runtime.UserDataBytes is not null, "64 bytes of hexadecimal, or none");
    }

    internal static void CheckBinding(AzureHclReport hcl, CheckList checks)
    {
        var digest = hcl.RuntimeDigest;
        var bound = digest is not null && hcl.ReportData.Span.StartsWith(digest) && !hcl.ReportData.Span[digest.Length..].ContainsAnyExcept((byte)0);
        checks.Add(AzureRules.RuntimeData, bound, digest is null ? "a known hash" : Convert.ToHexStringLower(digest) + ", then zeros", Convert.ToHexStringLower(hcl.ReportData.Span));
        checks.Add(AzureRules.AttestationKey, hcl.Runtime.AttestationKeyInfo is not null, "one RSA key HCLAkPub of 2048 bits or more that may sign", string.Join(", ", hcl.Runtime.Keys));
    }

    /// <summary>The hardware vouches for the attestation key through the runtime data, which is what pins it here.</summary>
    internal static void CheckQuote(TpmSignedQuote quote, AzureHclReport hcl, AzureVerification verification, CheckList checks)
    {
        var key = hcl.Runtime.AttestationKeyInfo;
        TpmVerifier.Verify(new TpmEvidence { Quotes = [quote], AttestationKeyInfo = key }, new TpmVerification
        {
            Anchors = key is { } info ? [new Measurement(SHA256.HashData(info.Span))] : [],
            At = verification.At,
            Registers = verification.Registers ?? s_all,
            AllowFurtherRegisters = verification.Registers is not null,
            Nonce = verification.Nonce,
            Cache = verification.Cache,
        }, checks);
    }

    static AzureHardware VerifySnp(AzureHclReport hcl, ImmutableArray<ReadOnlyMemory<byte>> certificates, AzureVerification verification, List<EvidenceField> fields, CheckList checks)
    {
        SnpReport report;
        try
        {
            report = SnpReport.Parse(hcl.HardwareReport.Span);
        }
        catch (SnpFormatException exception)
        {
            checks.Add(SnpRules.Report, CheckOutcome.Fail, actual: exception.Message);
            return new AzureHardware(fields, null, null, null, null);
        }

        var verified = VerifyReport(report, certificates, verification, fields, checks);
        return new AzureHardware(fields, report, null, null, verified);
    }

    internal static Measurement? VerifyReport(SnpReport report, ImmutableArray<ReadOnlyMemory<byte>> certificates, AzureVerification verification, List<EvidenceField> fields, CheckList checks)
    {
        var verified = SnpVerifier.Verify(report, new SnpVerification
        {
            Anchors = verification.Anchors,
            At = verification.At,
            Endorsements = verification.Endorsements with { Certificates = verification.Endorsements.Certificates.AddRange(certificates) },
            Revoked = verification.Revoked,
            Cache = verification.Cache,
        }, checks);
        fields.AddRange(report.Fields.Concat(verified is { } found ? SnpFields.Of(found.Key) : []).Select(field => field with { Name = "snp." + field.Name }));
        return verified?.Root;
    }

    static AzureHardware VerifyTdx(AzureHclReport hcl, ReadOnlyMemory<byte> encoded, AzureVerification verification, List<EvidenceField> fields, CheckList checks)
    {
        DcapQuote quote;
        try
        {
            quote = DcapQuote.Parse(encoded.Span);
        }
        catch (DcapFormatException exception)
        {
            checks.Add(DcapRules.Of(exception.Code), CheckOutcome.Fail, actual: exception.Message);
            return new AzureHardware(fields, null, null, null, null);
        }

        checks.Add(AzureRules.QuoteDiffers, Differences(hcl, quote), "same report data, measurements and attributes");
        var (found, chain, findings) = DcapVerifier.Verify(quote, new DcapVerification
        {
            Anchors = verification.Anchors,
            At = verification.At,
            Endorsements = verification.Endorsements,
            Revoked = verification.Revoked,
            Cache = verification.Cache,
        }, checks);
        fields.AddRange(found.Select(field => field.Name.StartsWith("td.", StringComparison.Ordinal) || field.Name.StartsWith("pck.", StringComparison.Ordinal) ? field : field with { Name = "quote." + field.Name }));
        return new AzureHardware(fields, null, quote, findings, chain?.RootFirst[0].KeyDigest);
    }

    /// <summary>The TDREPORT's own code is for this machine only; what it says must therefore be what the quote says: Intel TDX Module ABI, TDREPORT_STRUCT, TDINFO_STRUCT.</summary>
    static List<string> Differences(AzureHclReport hcl, DcapQuote quote)
    {
        if (quote.TdReport is not { } td || !hcl.IsTdx)
        {
            return ["not a quote of a trust domain"];
        }

        var info = hcl.HardwareReport.Span.Slice(TdInfoOffset);
        var problems = new List<string>();
        void Compare(string name, ReadOnlySpan<byte> stated, ReadOnlyMemory<byte> quoted)
        {
            if (!stated.SequenceEqual(quoted.Span))
            {
                problems.Add(name);
            }
        }

        Compare("report data", hcl.ReportData.Span, quote.ReportData);
        Compare("attributes", info[..8], td.TdAttributes);
        Compare("XFAM", info.Slice(8, 8), td.Xfam);
        Compare("MRTD", info.Slice(16, 48), td.MrTd);
        for (var i = 0; i < 4; i++)
        {
            Compare("RTMR", info.Slice(208 + (48 * i), 48), td.Rtmr(i));
        }

        if (hcl.HardwareReport.Span[AzureHclReport.TdReportLength..].ContainsAnyExcept((byte)0))
        {
            problems.Add("padding of the report");
        }

        return problems;
    }
}
