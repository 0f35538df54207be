using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.ReferenceValues;

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
                "measurement" => output.Value.EnumerateObject().Any(member => MeasurementDiffers(member, fields)),
                "fmspc_hex" => Field(fields, "pck.fmspc") != output.Value.GetString(),
                "body_fields" => output.Value.EnumerateObject().Any(member => BodyDiffers(member, fields)),
                "header_fields" => output.Value.EnumerateObject().Any(member => HeaderDiffers(member, fields)),
                "qv_result" => Field(fields, "tcb_status") is not { } status || status != TinfoilTdxCodes.Status(output.Value.GetString()!),
                "tcb_status" => Field(fields, "tcb_status") != output.Value.GetString(),

                // Collateral that is not current rejects here, so that what was accepted had none.
                "collateral_expired" => output.Value.GetBoolean(),
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

    static bool MeasurementDiffers(JsonProperty member, ImmutableArray<EvidenceField> fields) => member.Name switch
    {
        "type" => !member.Value.ValueEquals(MeasurementTypes.Tdx),
        "registers" => Registers(member.Value, fields, "td.mrtd", "td.rtmr0", "td.rtmr1", "td.rtmr2", "td.rtmr3"),
        _ => true,
    };

    /// <summary>The groups of TDATTRIBUTES in the upstream's words: Intel TDX DCAP Quoting Library API §A.3.4. One that is not known differs.</summary>
    static bool BitDiffers(JsonProperty bit, ImmutableArray<EvidenceField> fields)
    {
        ulong? mask = bit.Name switch
        {
            "tud_debug" => 0x1,
            "tud_reserved_nonzero" => 0xfe,
            "sec_reserved_lower_nonzero" => 0x0fff_ff00,
            "sec_sept_ve_disable" => 0x1000_0000,
            "sec_reserved_bit29" => 0x2000_0000,
            "sec_pks" => 0x4000_0000,
            "sec_kl" => 0x8000_0000,
            "other_reserved_nonzero" => 0x7fff_ffff_0000_0000,
            "other_perfmon" => 0x8000_0000_0000_0000,
            _ => null,
        };
        return mask is null || Field(fields, "td.tdattributes") is not { Length: 16 } attributes || ((BinaryPrimitives.ReadUInt64LittleEndian(Convert.FromHexString(attributes)) & mask) != 0) != bit.Value.GetBoolean();
    }

    static bool Registers(JsonElement expected, ImmutableArray<EvidenceField> fields, params string[] names) =>
        !expected.EnumerateArray().Select(register => register.GetString()).SequenceEqual(names.Select(name => Field(fields, name)));

    static string? Field(ImmutableArray<EvidenceField> fields, string name) => fields.FirstOrDefault(field => field.Name == name)?.Value;
}
