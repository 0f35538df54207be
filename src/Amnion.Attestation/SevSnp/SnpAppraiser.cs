using System.Collections.Immutable;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.SevSnp;

/// <summary>Compares an authentic report with a policy: RFC 9334 §8.4.</summary>
public static class SnpAppraiser
{
    /// <summary>
    /// The measurement is the code. Who signed it stands for it too: the ID key signs the launch digest, the author key the ID key
    /// (AMD 56860, ID Block). A report has no nonce of its own; REPORT_DATA must cover it.
    /// </summary>
    internal static readonly FormatSpec Spec = new()
    {
        CodeFields = [["measurement"], ["id_key_digest"], ["author_key_digest"]],
        MachineField = "chip_id",
        BindingField = "report_data",
        PinFields = ["host_data", "id_key_digest", "author_key_digest", "product"],
        FloorFields = ["guest_svn", "reported_tcb_parts.bootloader", "reported_tcb_parts.tee", "reported_tcb_parts.snp", "reported_tcb_parts.microcode", "reported_tcb_parts.fmc", "committed_fw_number"],
        AllowNames = [SnpAllowance.Smt, SnpAllowance.MigrationAgent, SnpAllowance.Cxl, SnpAllowance.ProvisionalFirmware, SnpAllowance.NoAliasCheck, SnpAllowance.TrustedDevices, SnpAllowance.MaskedChipId, SnpAllowance.FewerMitigations],
    };

    /// <summary>Parses, verifies and appraises a report, alone or with the host's certificate table behind it.</summary>
    /// <param name="evidence">The report; see <see cref="SnpExtendedReport"/>.</param>
    /// <param name="policy">The relying party's policy, for <see cref="AttestationPlatform.Snp"/>.</param>
    /// <param name="context">Time, expected REPORT_DATA and endorsements. A report states no time, so an audit verifies at <see cref="AppraisalContext.Now"/> too.</param>
    public static AttestationResult Appraise(ReadOnlySpan<byte> evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return Appraise(SnpExtendedReport.Parse(evidence), policy, context);
        }
        catch (SnpFormatException exception)
        {
            var malformed = new CheckList();
            var rule = exception.Code switch
            {
                SnpCodes.UnknownVersion => SnpRules.Version,
                SnpCodes.CertificateTable => SnpRules.Table,
                _ => SnpRules.Report,
            };
            malformed.Add(rule, CheckOutcome.Fail, actual: exception.Message);
            return AttestationResult.Malformed(policy.Platform, malformed.ToImmutable()[0]);
        }
    }

    /// <summary>Verifies and appraises a parsed report.</summary>
    public static AttestationResult Appraise(SnpExtendedReport evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        var checks = new CheckList(policy.MaySkip);
        var report = evidence.Report;
        context = FieldAppraisal.Begin(AttestationPlatform.Snp, policy, context, checks);
        checks.Add(SnpRules.Report, CheckOutcome.Pass);
        var verified = SnpVerifier.Verify(report, Verification(evidence.Table, policy, context), checks);
        var fields = Fields(report, verified?.Key);
        SnpPolicyRules.Check(report, policy, checks);
        FieldAppraisal.Check(fields, Spec, report.Policy.Debug ? "the guest's policy lets the host read and write its memory" : null, policy, context, checks);
        var claims = verified is { } found && checks.Authentic ? Claims(report, fields, found.Key, found.Root) : null;
        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), claims);
    }

    static SnpVerification Verification(SnpCertificateTable? table, AppraisalPolicy policy, AppraisalContext context) => new()
    {
        Anchors = PathContext.From(policy, context).Anchors,
        At = context.Now,
        Endorsements = table is null ? context.Endorsements : context.Endorsements with
        {
            Certificates = context.Endorsements.Certificates.AddRange(table.Certificates),
            RevocationLists = context.Endorsements.RevocationLists.AddRange(table.RevocationLists),
        },
        AllowMaskedChipId = policy.Allow.Contains(SnpAllowance.MaskedChipId),
        MaySkip = policy.MaySkip,
        Revoked = context.Revoked,
        Cache = context.Cache,
    };

    /// <summary>A report of version 2 names no product; what its certificate names stands in, so that policies can pin it all the same.</summary>
    static ImmutableArray<EvidenceField> Fields(SnpReport report, SnpEndorsementKey? key)
    {
        if (key is null)
        {
            return report.Fields;
        }

        var fields = report.Fields.AddRange(SnpFields.Of(key));
        return report.Version < 3 && key.Product is { } product
            ? fields.Add(new EvidenceField("product", SnpProducts.Name(product), "Product line of the processor, from the endorsement key's certificate"))
            : fields;
    }

    /// <summary>CHIP_ID; where the host masks it the certificate's hwID in the same spelling, so that a chip has one name.</summary>
    static string ChipId(SnpReport report, SnpEndorsementKey key) =>
        SnpKeyRules.IsMasked(report) && key.HardwareId is { } chip ? Convert.ToHexStringLower(chip.Span).PadRight(2 * SnpReport.ChipIdLength, '0') : Convert.ToHexStringLower(report.ChipId.Span);

    static AttestationClaims Claims(SnpReport report, ImmutableArray<EvidenceField> fields, SnpEndorsementKey key, Measurement root) => new()
    {
        AttesterId = key.CloudProvider ?? ChipId(report, key),
        IssuedAt = null,
        UserData = report.ReportData,
        TrustAnchor = root,
        Debug = report.Policy.Debug,
        Fields = fields,
    };
}
