using System.Collections.Immutable;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Dcap.Tdx;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Composite;

/// <summary>Compares the authentic Evidence of an Azure confidential VM with a policy: RFC 9334 §8.4.</summary>
public static class AzureVtpmAppraiser
{
    /// <summary>The hardware measures Azure's paravisor; the guest's own code is in the virtual TPM's registers. Both must be pinned.</summary>
    internal static readonly FormatSpec Snp = Spec("snp.measurement", "snp.chip_id");

    internal static readonly FormatSpec Tdx = Spec("td.mrtd", "pck.ppid");

    /// <summary>Parses, verifies and appraises.</summary>
    /// <param name="evidence">See <see cref="AzureVtpmEvidence"/>.</param>
    /// <param name="policy">For <see cref="AttestationPlatform.AzureSnp"/> or <see cref="AttestationPlatform.AzureTdx"/>; its anchors are AMD's or Intel's.</param>
    /// <param name="context">The nonce is the virtual TPM's qualifying data; the expected value is the runtime data's user data.</param>
    public static AttestationResult Appraise(ReadOnlySpan<byte> evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return Appraise(AzureVtpmEvidence.Parse(evidence), policy, context);
        }
        catch (AzureFormatException exception)
        {
            var malformed = new CheckList();
            malformed.Add(AzureRules.Evidence, CheckOutcome.Fail, actual: exception.Message);
            return AttestationResult.Malformed(policy.Platform, malformed.ToImmutable()[0]);
        }
    }

    /// <summary>Verifies and appraises parsed Evidence.</summary>
    public static AttestationResult Appraise(AzureVtpmEvidence evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        var checks = new CheckList(policy.MaySkip);
        context = FieldAppraisal.Begin(evidence.TdQuote is null ? AttestationPlatform.AzureSnp : AttestationPlatform.AzureTdx, policy, context, checks);
        checks.Add(AzureRules.Evidence, CheckOutcome.Pass);
        var path = PathContext.From(policy, context);
        var hardware = AzureVtpmVerifier.Verify(evidence, new AzureVerification { Anchors = path.Anchors, At = path.At, Endorsements = context.Endorsements, Revoked = path.Revoked, Cache = path.Cache }, checks);
        var fields = hardware.Fields;
        var values = evidence.Quote.Values[0];
        fields.AddRange(BootLog.Check(context.EventLog, EventLogKind.Tpm, values.Algorithm, values.Values, context.Cache, checks));
        var debug = CheckHardware(hardware, policy, checks);
        FieldAppraisal.Check(fields, evidence.TdQuote is null ? Snp : Tdx, debug, policy, context, checks);
        var claims = hardware.Root is { } root && checks.Authentic ? Claims(evidence, root, fields, debug) : null;
        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), claims);
    }

    static FormatSpec Spec(string paravisor, string machine) => new()
    {
        CodeFields = [[paravisor, "tpm.pcr.4"], [paravisor, "tpm.pcr.8", "tpm.pcr.9"], [paravisor, "tpm.pcr.11"]],
        MachineField = machine,
        BindingField = "hcl.user_data_bytes",
        NonceField = "tpm.extra_data",
        PinFields = ["tpm.pcr.7", "tpm.pcr.8", "tpm.pcr.9", "tpm.pcr.11"],
        AllowNames = [SnpAllowance.Smt, SnpAllowance.MigrationAgent, SnpAllowance.Cxl, SnpAllowance.ProvisionalFirmware, SnpAllowance.NoAliasCheck, SnpAllowance.TrustedDevices, .. TdReportRules.Words],
    };

    /// <summary>The hardware formats' own rules, which read a policy's values by their names, without the prefix that they have here.</summary>
    static string? CheckHardware(AzureHardware hardware, AppraisalPolicy policy, CheckList checks)
    {
        if (hardware.Report is { } report)
        {
            SnpPolicyRules.Check(report, policy with { Values = WithoutPrefix(policy.Values, "snp.") }, checks);
            return report.Policy.Debug ? "the guest's policy lets the host read and write its memory" : null;
        }

        if (hardware is { Quote: { TdReport: { } td } quote, Findings: { } findings })
        {
            DcapAppraiser.CheckStatus(findings, policy, checks);
            TdReportRules.CheckPolicy(td, policy, checks);
            return quote.IsDebug ? "the DEBUG attribute is set" : null;
        }

        return null;
    }

    static ImmutableSortedDictionary<string, ImmutableArray<string>> WithoutPrefix(ImmutableSortedDictionary<string, ImmutableArray<string>> values, string prefix) =>
        values.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToImmutableSortedDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);

    static AttestationClaims Claims(AzureVtpmEvidence evidence, Measurement root, List<EvidenceField> fields, string? debug) => new()
    {
        AttesterId = Convert.ToHexStringLower(evidence.Quote.Quote.QualifiedSigner.Span),
        IssuedAt = null,
        Registers = evidence.Quote.Values[0].Registers,
        UserData = evidence.Hcl.Runtime.UserDataBytes,
        Nonce = evidence.Quote.Quote.ExtraData,
        TrustAnchor = root,
        Debug = debug is not null,
        Fields = [.. fields],
    };
}
