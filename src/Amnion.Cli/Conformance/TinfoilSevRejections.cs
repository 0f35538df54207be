using Amnion.Attestation;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>The upstream names one reason where we list all: the one that stands first in its order of checking.</summary>
static class TinfoilSevRejections
{
    const string Other = "QV_RESULT_TERMINAL_UNSPECIFIED";

    /// <summary>In upstream's order: form, chain, key against report, signature, then policy.</summary>
    static readonly string[] s_order =
    [
        "REPORT_TRUNCATED", "WRONG_REPORT_VERSION", "REPORT_FORMAT_UNSUPPORTED", "ARK_UNTRUSTED", "ASK_INVALID", "VCEK_CHAIN_INVALID", "VCEK_EXPIRED",
        "REPORT_SIGNATURE_INVALID", "VCEK_HWID_MISMATCH", "VCEK_TCB_MISMATCH", "SIGNER_INFO_INVALID", "GUEST_POLICY_RESERVED_BIT_SET", "GUEST_POLICY_DEBUG_SET",
        "GUEST_POLICY_MIGRATE_MA_SET", "GUEST_POLICY_SINGLE_SOCKET_SET", "PLATFORM_INFO_INVALID", "MEASUREMENT_MISMATCH", "HOST_DATA_MISMATCH",
        "REPORT_DATA_MISMATCH", "ID_KEY_DIGEST_MISMATCH", "AUTHOR_KEY_DIGEST_MISMATCH", "TCB_OUT_OF_DATE",
    ];

    public static string Code(AttestationResult result, int length)
    {
        var codes = result.Failures.Select(check => Code(check, length)).ToHashSet(StringComparer.Ordinal);
        return s_order.FirstOrDefault(codes.Contains) ?? Other;
    }

    static string Code(AttestationCheck check, int length) => check.Code switch
    {
        SnpCodes.Malformed => length < SnpReport.Length ? "REPORT_TRUNCATED" : "REPORT_FORMAT_UNSUPPORTED",
        SnpCodes.CertificateTable or SnpCodes.Reserved or SnpCodes.VmplRange => "REPORT_FORMAT_UNSUPPORTED",
        SnpCodes.UnknownVersion => "WRONG_REPORT_VERSION",
        SnpCodes.Signature or SnpCodes.SignatureAlgorithm => "REPORT_SIGNATURE_INVALID",
        SnpCodes.SigningKey or SnpCodes.SignerReserved => "SIGNER_INFO_INVALID",
        SnpCodes.CertificateMalformed or SnpCodes.NoEndorsementKey or SnpCodes.KeyExtensions or SnpCodes.KeyName or SnpCodes.ChainShape or SnpCodes.Product or SnpCodes.UndeclaredProduct => "VCEK_CHAIN_INVALID",
        SnpCodes.HardwareId => "VCEK_HWID_MISMATCH",
        SnpCodes.CertificateTcb => "VCEK_TCB_MISMATCH",
        SnpCodes.PolicyReserved => "GUEST_POLICY_RESERVED_BIT_SET",
        SnpCodes.PlatformReserved => "PLATFORM_INFO_INVALID",
        SnpCodes.MigrationAgent => "GUEST_POLICY_MIGRATE_MA_SET",
        SnpCodes.AuthorKey => "AUTHOR_KEY_DIGEST_MISMATCH",
        SnpCodes.CommittedAboveCurrent or SnpCodes.ReportedAboveCurrent or SnpCodes.LaunchAboveCurrent => "TCB_OUT_OF_DATE",
        AttestationCodes.Debug => "GUEST_POLICY_DEBUG_SET",
        AttestationCodes.BelowFloor => "TCB_OUT_OF_DATE",
        AttestationCodes.Binding => "REPORT_DATA_MISMATCH",
        AttestationCodes.FieldMismatch => OfField(check.Name),
        _ when check.Code.StartsWith("AMN-X509-", StringComparison.Ordinal) => OfChain(check),
        _ => Other,
    };

    /// <summary>Checks of a chain name the certificates that broke them.</summary>
    static string OfChain(AttestationCheck check) => check.Code switch
    {
        PathCodes.TrustAnchor or PathCodes.RootNotSelfSigned => "ARK_UNTRUSTED",
        PathCodes.Expired or PathCodes.NotYetValid when check.Actual?.Contains("endorsement key:", StringComparison.Ordinal) == true => "VCEK_EXPIRED",
        _ when check.Actual?.Contains("ASK:", StringComparison.Ordinal) == true => "ASK_INVALID",
        _ => "VCEK_CHAIN_INVALID",
    };

    static string OfField(string name) => name switch
    {
        "measurement" => "MEASUREMENT_MISMATCH",
        "host_data" => "HOST_DATA_MISMATCH",
        "id_key_digest" => "ID_KEY_DIGEST_MISMATCH",
        "author_key_digest" => "AUTHOR_KEY_DIGEST_MISMATCH",
        "policy_bits.single_socket" => "GUEST_POLICY_SINGLE_SOCKET_SET",
        _ => Other,
    };
}
