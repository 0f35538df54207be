using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

namespace Amnion.Cli.Conformance;

/// <summary>The upstream's policy members in our policy's words.</summary>
static class TinfoilTdxPolicy
{
    /// <summary>Statuses that the upstream accepts unless the policy names others.</summary>
    static readonly string[] s_accepted = ["OK", "SW_HARDENING_NEEDED", "CONFIG_NEEDED", "CONFIG_AND_SW_HARDENING_NEEDED"];

    /// <summary>What goes unmade where the case wants no appraisal of the TCB.</summary>
    static readonly ImmutableArray<string> s_withoutTcb = [DcapCodes.Trailing, DcapCodes.TcbInfoMissing, DcapCodes.QeIdentityMissing, DcapCodes.TcbStatus, PathCodes.RevocationListMissing];

    static readonly Dictionary<string, string> s_fields = new(StringComparer.Ordinal)
    {
        ["expected_td_attributes_hex"] = "td.tdattributes",
        ["expected_xfam_hex"] = "td.xfam",
        ["expected_mr_signer_seam_hex"] = "td.mrsignerseam",
        ["expected_seam_attributes_hex"] = "td.seamattributes",
        ["expected_mrseam_allowlist"] = "td.mrseam",
        ["expected_mrtd_hex"] = "td.mrtd",
        ["expected_mr_config_id_hex"] = "td.mrconfigid",
        ["expected_mr_owner_hex"] = "td.mrowner",
        ["expected_mr_owner_config_hex"] = "td.mrownerconfig",
        ["expected_rtmr0_hex"] = "td.rtmr0",
        ["expected_rtmr1_hex"] = "td.rtmr1",
        ["expected_rtmr2_hex"] = "td.rtmr2",
        ["expected_rtmr3_hex"] = "td.rtmr3",
        ["expected_report_data_hex"] = "td.report_data",
        ["expected_qe_vendor_id_hex"] = "qe_vendor_id",
        ["expected_fmspc_hex"] = "pck.fmspc",
    };

    public static bool NeedsTcb(JsonElement policy) => policy.ValueKind != JsonValueKind.Object || !policy.TryGetProperty("tcb_evaluation_required", out var needed) || needed.GetBoolean();

    public static AppraisalPolicy Read(DcapQuote quote, JsonElement policy, Measurement root)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        var floors = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        IEnumerable<string> statuses = s_accepted;
        foreach (var member in policy.ValueKind == JsonValueKind.Object ? policy.EnumerateObject() : default)
        {
            switch (member.Name)
            {
                case "tcb_evaluation_required" or "enforce_spec_defaults" or "min_tee_tcb_svn_hex":
                    break;
                case "min_tcb_evaluation_data_number":
                    floors["tcb_evaluation_data_number"] = member.Value.GetInt64();
                    break;
                case "accepted_qv_results":
                    statuses = member.Value.EnumerateArray().Select(item => item.GetString()!).ToList();
                    break;
                case var name when s_fields.TryGetValue(name, out var field):
                    values[field] = member.Value.ValueKind == JsonValueKind.Array ? [.. member.Value.EnumerateArray().Select(Lower)] : [Lower(member.Value)];
                    break;
                default:
                    throw new FormatException($"nobody reads the policy member \"{member.Name}\"");
            }
        }

        return new AppraisalPolicy
        {
            Platform = quote.Platform,
            TrustAnchor = root,
            Values = values.ToImmutable(),
            Floors = floors.ToImmutable(),
            TcbStatuses = [.. statuses.Select(TinfoilTdxCodes.Status)],
            // The upstream takes any bytes after a quote; some of its quotes say so in them.
            MaySkip = NeedsTcb(policy) ? [DcapCodes.Trailing] : s_withoutTcb,
        };
    }

    /// <summary>Whether the case asks for a check: everything about authenticity, its own values, statuses, and attributes where it wants the defaults.</summary>
    public static bool Counts(AttestationCheck check, JsonElement policy) => check.Kind == CheckKind.Authenticity || check.Code switch
    {
        AttestationCodes.FieldMismatch or AttestationCodes.FieldMissing or AttestationCodes.BelowFloor or AttestationCodes.PlatformMismatch => true,
        DcapCodes.TcbStatus or DcapCodes.TcbRevoked => NeedsTcb(policy),
        AttestationCodes.Debug or DcapCodes.TdAttributesReserved or DcapCodes.Migratable or DcapCodes.KeyLocker or DcapCodes.Xfam =>
            policy.ValueKind == JsonValueKind.Object && policy.TryGetProperty("enforce_spec_defaults", out var defaults) && defaults.GetBoolean(),
        _ => false,
    };

    /// <summary>Sixteen floors in one text, which a policy of ours states field by field.</summary>
    public static bool IsBelowMinimum(DcapQuote quote, JsonElement policy)
    {
        if (policy.ValueKind != JsonValueKind.Object || !policy.TryGetProperty("min_tee_tcb_svn_hex", out var minimum) || quote.TdReport is not { } report)
        {
            return false;
        }

        var least = Convert.FromHexString(minimum.GetString()!);
        return least.Length != report.TeeTcbSvn.Length || least.Index().Any(entry => report.TeeTcbSvn.Span[entry.Index] < entry.Item);
    }

    static string Lower(JsonElement value) => value.GetString()!.Trim().ToLowerInvariant();
}
