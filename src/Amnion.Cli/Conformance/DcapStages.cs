using System.Collections.Immutable;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Steps of a quote's verification in the words and the order of the manifest's reference implementation: "stage" names the first that failed,
/// "fail_at_reference" one of them with a remark behind a colon.
/// </summary>
static class DcapStages
{
    const string Parse = "parse";

    static readonly string[] s_order = [Parse, "pck_chain", "root_crl", "pck_crl", "qe_report", "quote", "tcb_info", "qe_identity", "tcb"];

    /// <summary>
    /// A quote that is not of its format: the first step. Other implementations read on where this one does not, and find the same in any later step.
    /// </summary>
    public static ImmutableArray<EvidenceField> Malformed => [new("expected.stage", Parse, "the first step that failed"), new("expected.fail_at_reference", string.Join(',', s_order), "steps that failed or were not reached")];

    public static IEnumerable<EvidenceField> Of(IReadOnlyCollection<AttestationCheck> rejecting)
    {
        // A check that could not be made follows from one that failed.
        var failed = rejecting.Where(check => check.Outcome == CheckOutcome.Fail).ToList();
        var stages = (failed.Count > 0 ? failed : rejecting).SelectMany(Of).Distinct().OrderBy(stage => Array.IndexOf(s_order, stage)).ToList();
        return [new("expected.stage", stages.FirstOrDefault(string.Empty), "the first step that failed"), new("expected.fail_at_reference", string.Join(',', stages), "steps that failed")];
    }

    static IEnumerable<string> Of(AttestationCheck check) => check.Code switch
    {
        PathCodes.RevocationListMissing or PathCodes.RevocationListUnusable => check.Actual?.Contains("root:", StringComparison.Ordinal) == true ? ["root_crl", "pck_crl"] : ["pck_crl"],
        DcapCodes.QuoteSignature or DcapCodes.QeVendor or DcapCodes.Trailing => ["quote"],
        DcapCodes.QeReportSignature or DcapCodes.QeReportData or DcapCodes.QeReportDataPadding => ["qe_report"],
        DcapCodes.TcbInfoMissing or DcapCodes.TcbInfoMalformed or DcapCodes.TcbInfoTee or DcapCodes.TcbType or DcapCodes.Fmspc or DcapCodes.PceId or DcapCodes.TcbInfoSignature or DcapCodes.TcbInfoNotYetValid or DcapCodes.TcbInfoExpired => ["tcb_info"],
        DcapCodes.QeIdentityMissing or DcapCodes.QeIdentityMalformed or DcapCodes.QeIdentityId or DcapCodes.QeIdentityVersion or DcapCodes.QeIdentitySignature or DcapCodes.QeIdentityNotYetValid or DcapCodes.QeIdentityExpired
            or DcapCodes.QeMrSigner or DcapCodes.QeIsvProdId or DcapCodes.QeMiscSelect or DcapCodes.QeAttributes or DcapCodes.QeLevel => ["qe_identity"],
        DcapCodes.TcbLevel or DcapCodes.TdxModuleUnknown or DcapCodes.TdxModuleLevel or DcapCodes.TdxModuleSigner or DcapCodes.TdxModuleAttributes => ["tcb"],
        _ when check.Name.StartsWith("TCB info", StringComparison.Ordinal) => ["tcb_info"],
        _ when check.Name.StartsWith("QE identity", StringComparison.Ordinal) => ["qe_identity"],
        _ => ["pck_chain"],
    };
}
