using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>Compares the values that the upstream states of an accepted quote.</summary>
static class TinfoilTdxOutputs
{
    public static IEnumerable<string> Differences(JsonElement outputs, ImmutableArray<EvidenceField> fields)
    {
        foreach (var output in outputs.EnumerateObject())
        {
            var differs = output.Name switch
            {
                "quote_version" => Field(fields, "version") != output.Value.GetRawText(),
                "tee_type" => Field(fields, "tee_type") != (output.Value.ValueEquals("TDX") ? "0x81" : "0x0"),
                "measurement" => Registers(output.Value.GetProperty("registers"), fields, "td.mrtd", "td.rtmr0", "td.rtmr1", "td.rtmr2", "td.rtmr3"),
                "body_fields" => output.Value.EnumerateObject().Any(member => BodyDiffers(member, fields)),
                "header_fields" => output.Value.EnumerateObject().Any(member => HeaderDiffers(member, fields)),
                // Statuses are the upstream library's own words, and accepted ones only.
                "qv_result" or "tcb_status" or "collateral_expired" => false,
                _ => true,
            };
            if (differs)
            {
                yield return output.Name + " differs";
            }
        }
    }

    static bool BodyDiffers(JsonProperty member, ImmutableArray<EvidenceField> fields) => member.Name switch
    {
        "rtmrs_hex" => Registers(member.Value, fields, "td.rtmr0", "td.rtmr1", "td.rtmr2", "td.rtmr3"),
        "td_attributes_decoded" => member.Value.EnumerateObject().Any(bit => BitDiffers(bit, fields)),
        "tee_tcb_svn_hex" => Field(fields, "td.tee_tcb_svn") != member.Value.GetString(),
        "report_data_hex" => Field(fields, "td.report_data") != member.Value.GetString(),
        var name => Field(fields, "td." + name.Replace("_hex", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal)) != member.Value.GetString(),
    };

    static bool HeaderDiffers(JsonProperty member, ImmutableArray<EvidenceField> fields) => member.Name switch
    {
        "attestation_key_type" => Field(fields, "att_key_type") != member.Value.GetRawText(),
        var name => Field(fields, name.Replace("_hex", string.Empty, StringComparison.Ordinal)) != member.Value.GetString(),
    };

    static bool BitDiffers(JsonProperty bit, ImmutableArray<EvidenceField> fields)
    {
        var name = bit.Name switch
        {
            "tud_debug" => "td.debug",
            "sec_sept_ve_disable" => "td.attributes.sept_ve_disable",
            "sec_reserved_bit29" => "td.attributes.migratable",
            "sec_pks" => "td.attributes.pks",
            "sec_kl" => "td.attributes.key_locker",
            "other_perfmon" => "td.attributes.perfmon",
            _ => null,
        };
        return name is not null && Field(fields, name) != (bit.Value.GetBoolean() ? "true" : "false");
    }

    static bool Registers(JsonElement expected, ImmutableArray<EvidenceField> fields, params string[] names) =>
        !expected.EnumerateArray().Select(register => register.GetString()).SequenceEqual(names.Select(name => Field(fields, name)));

    static string? Field(ImmutableArray<EvidenceField> fields, string name) => fields.FirstOrDefault(field => field.Name == name)?.Value;
}
