using System.Globalization;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

namespace Amnion.Cli.Conformance;

/// <summary>The upstream's words for our codes. One of ours may stand for several of theirs, because they name the artefact and we the rule.</summary>
static class TinfoilTdxCodes
{
    public static IReadOnlyCollection<string> OfFormat(string code) => code switch
    {
        DcapCodes.UnsupportedVersion => ["QUOTE_FORMAT_UNSUPPORTED"],
        DcapCodes.UnsupportedKeyType => ["ATTESTATION_KEY_TYPE_UNSUPPORTED"],
        DcapCodes.UnsupportedTee => ["WRONG_TEE_TYPE", "QUOTE_FORMAT_UNSUPPORTED"],
        _ => ["QUOTE_FORMAT_UNSUPPORTED", "QUOTE_TRUNCATED"],
    };

    public static IReadOnlyCollection<string> Of(AttestationCheck check) => check.Code switch
    {
        DcapCodes.QuoteSignature => ["QUOTE_SIGNATURE_INVALID"],
        DcapCodes.QeReportSignature => ["QE_REPORT_SIGNATURE_INVALID"],
        DcapCodes.QeReportData or DcapCodes.QeReportDataPadding => ["AK_BINDING_INVALID"],
        DcapCodes.QeVendor => ["QE_VENDOR_UNKNOWN", "QE_VENDOR_ID_MISMATCH"],
        DcapCodes.CertificateMalformed or DcapCodes.NoPckChain or DcapCodes.PckChainLength => ["PCK_CHAIN_INCOMPLETE", "PCK_CHAIN_INVALID"],
        DcapCodes.PckExtension => ["PCK_EXTENSION_INVALID", "PCK_CHAIN_INVALID"],
        DcapCodes.StrayCertificate or DcapCodes.TcbSigner => ["TCB_INFO_CHAIN_INVALID", "QE_IDENTITY_CHAIN_INVALID"],
        DcapCodes.TcbInfoMissing or DcapCodes.TcbInfoMalformed => ["TCB_INFO_MISSING", "TCB_INFO_SIGNATURE_INVALID"],
        DcapCodes.TcbInfoTee => ["TCB_INFO_ID_INVALID", "TCB_INFO_VERSION_INVALID"],
        DcapCodes.TcbInfoSignature => ["TCB_INFO_SIGNATURE_INVALID"],
        DcapCodes.TcbInfoExpired or DcapCodes.TcbInfoNotYetValid => ["TCB_INFO_EXPIRED"],
        DcapCodes.Fmspc => ["PCK_FMSPC_MISMATCH"],
        DcapCodes.PceId => ["PCK_PCEID_MISMATCH", "PCK_PCE_ID_MISMATCH"],
        DcapCodes.TcbLevel => ["TCB_LEVEL_NOT_FOUND", "TCB_REVOKED", "QV_RESULT_TERMINAL_UNSPECIFIED"],
        DcapCodes.QeIdentityMissing or DcapCodes.QeIdentityMalformed or DcapCodes.QeIdentitySignature => ["QE_IDENTITY_SIGNATURE_INVALID"],
        DcapCodes.QeIdentityExpired or DcapCodes.QeIdentityNotYetValid => ["QE_IDENTITY_EXPIRED"],
        DcapCodes.QeIdentityId => ["QE_IDENTITY_ID_INVALID"],
        DcapCodes.QeIdentityVersion => ["QE_IDENTITY_VERSION_INVALID"],
        DcapCodes.QeMrSigner => ["QE_IDENTITY_MRSIGNER_MISMATCH"],
        DcapCodes.QeIsvProdId or DcapCodes.QeMiscSelect or DcapCodes.QeAttributes or DcapCodes.QeLevel => ["QE_IDENTITY_FIELD_MISMATCH"],
        DcapCodes.TdxModuleUnknown or DcapCodes.TdxModuleSigner or DcapCodes.TdxModuleAttributes or DcapCodes.TdxModuleLevel => ["TDX_MODULE_MISMATCH", "TDX_MODULE_IDENTITY_MISMATCH", "QV_RESULT_TERMINAL_UNSPECIFIED"],
        DcapCodes.MrSignerSeam => ["MR_SIGNER_SEAM_MISMATCH"],
        DcapCodes.SeamAttributes => ["SEAM_ATTRIBUTES_MISMATCH"],
        DcapCodes.TcbRevoked => ["TCB_REVOKED"],
        DcapCodes.TcbStatus => ["QV_RESULT_NOT_ACCEPTED_BY_POLICY", "QV_RESULT_TERMINAL_UNSPECIFIED"],
        AttestationCodes.Debug => ["TD_ATTRIBUTES_DEBUG_SET"],
        DcapCodes.TdAttributesReserved or DcapCodes.Migratable or DcapCodes.KeyLocker => ["TD_ATTRIBUTES_RESERVED_BIT_SET"],
        DcapCodes.Xfam => ["XFAM_REQUIRED_BIT_CLEAR", "XFAM_FORBIDDEN_BIT_SET"],
        AttestationCodes.FieldMismatch or AttestationCodes.FieldMissing => [OfField(check.Name)],
        AttestationCodes.BelowFloor => ["TCB_EVAL_DATA_NUMBER_TOO_LOW"],
        AttestationCodes.PlatformMismatch => ["WRONG_TEE_TYPE"],
        _ => OfPath(check),
    };

    /// <summary>Our word of a status for the upstream's, which is Intel's library's.</summary>
    public static string Status(string result) => result switch
    {
        "OK" => "UpToDate",
        "SW_HARDENING_NEEDED" => "SWHardeningNeeded",
        "CONFIG_NEEDED" => "ConfigurationNeeded",
        "CONFIG_AND_SW_HARDENING_NEEDED" => "ConfigurationAndSWHardeningNeeded",
        "OUT_OF_DATE" => "OutOfDate",
        "OUT_OF_DATE_CONFIG_NEEDED" => "OutOfDateConfigurationNeeded",
        "TD_RELAUNCH_ADVISED" => "RelaunchAdvised",
        "TD_RELAUNCH_ADVISED_CONFIG_NEEDED" => "RelaunchAdvisedConfigurationNeeded",
        _ => result,
    };

    static string OfField(string field) => field switch
    {
        "td.tdattributes" => "TD_ATTRIBUTES_MISMATCH",
        "td.mrsignerseam" => "MR_SIGNER_SEAM_MISMATCH",
        "td.seamattributes" => "SEAM_ATTRIBUTES_MISMATCH",
        "td.mrseam" => "MR_SEAM_NOT_ALLOWED",
        "td.mrconfigid" => "MR_CONFIG_ID_MISMATCH",
        "td.mrowner" => "MR_OWNER_MISMATCH",
        "td.mrownerconfig" => "MR_OWNER_CONFIG_MISMATCH",
        "td.rtmr3" => "RTMR3_NONZERO",
        "pck.fmspc" => "PCK_FMSPC_MISMATCH",
        _ => field[(field.IndexOf('.', StringComparison.Ordinal) + 1)..].ToUpper(CultureInfo.InvariantCulture) + "_MISMATCH",
    };

    /// <summary>Rules of certificate paths: which chain and which list is in the check's words.</summary>
    static IReadOnlyCollection<string> OfPath(AttestationCheck check)
    {
        var found = check.Actual ?? string.Empty;
        if (!check.Name.StartsWith("PCK chain", StringComparison.Ordinal))
        {
            return check.Code is PathCodes.RevocationListUnusable or PathCodes.RevocationListMissing
                ? OfList(found)
                : check.Name.StartsWith("QE identity", StringComparison.Ordinal) ? ["QE_IDENTITY_CHAIN_INVALID"] : ["TCB_INFO_CHAIN_INVALID"];
        }

        return check.Code switch
        {
            PathCodes.TrustAnchor or PathCodes.RootNotSelfSigned => ["ROOT_CA_UNTRUSTED", "PCK_CHAIN_INVALID"],
            PathCodes.Expired or PathCodes.NotYetValid => ["PCK_EXPIRED", "PCK_CHAIN_INVALID"],
            PathCodes.RevokedByIssuer or PathCodes.Revoked => found.Contains("PCK certificate", StringComparison.Ordinal) ? ["PCK_REVOKED"] : ["INTERMEDIATE_REVOKED"],
            PathCodes.RevocationListUnusable or PathCodes.RevocationListMissing => OfList(found),
            _ => ["PCK_CHAIN_INVALID"],
        };
    }

    static IReadOnlyCollection<string> OfList(string found) => (found.Contains("root:", StringComparison.Ordinal), found.Contains("not current", StringComparison.Ordinal)) switch
    {
        (true, true) => ["ROOT_CRL_EXPIRED"],
        (false, true) => ["PCK_CRL_EXPIRED"],
        (true, false) => ["ROOT_CA_UNTRUSTED", "PCK_CHAIN_INVALID"],
        _ => ["PCK_CHAIN_INVALID"],
    };
}
