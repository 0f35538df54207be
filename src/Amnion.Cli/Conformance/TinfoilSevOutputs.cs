using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.ReferenceValues;

namespace Amnion.Cli.Conformance;

/// <summary>Compares decoded values with the upstream's answer for an accepted report.</summary>
static class TinfoilSevOutputs
{
    /// <summary>Values that upstream decodes from wrong places: all behind chip_id stand eight bytes too early there, and reported_tcb is in memory order.</summary>
    static readonly string[] s_misread = ["reported_tcb_hex", "committed_tcb_hex", "launch_tcb_hex", "current_build", "current_minor", "current_major", "committed_build", "committed_minor", "committed_major"];

    /// <summary>Their names for fields that are not called by ours with "_hex" behind.</summary>
    static readonly ImmutableDictionary<string, string> s_names = ImmutableDictionary.CreateRange(
    [
        KeyValuePair.Create("signature_algo", "sig_algo"),
        KeyValuePair.Create("current_tcb_decoded.bl_spl", "current_tcb_parts.bootloader"),
        KeyValuePair.Create("current_tcb_decoded.tee_spl", "current_tcb_parts.tee"),
        KeyValuePair.Create("current_tcb_decoded.snp_spl", "current_tcb_parts.snp"),
        KeyValuePair.Create("current_tcb_decoded.ucode_spl", "current_tcb_parts.microcode"),
        KeyValuePair.Create("policy_decoded.reserved_mbo", "policy_bits.mbo17"),
        KeyValuePair.Create("policy_decoded.mem_aes_256_xts", "policy_bits.mem_aes256_xts"),
        KeyValuePair.Create("policy_decoded.raplmsr_dis", "policy_bits.rapl_dis"),
        KeyValuePair.Create("policy_decoded.ciphertext_hiding_dram", "policy_bits.ciphertext_hiding"),
        KeyValuePair.Create("platform_info_decoded.smt_en", "platform_info_bits.smt"),
        KeyValuePair.Create("platform_info_decoded.tsme_en", "platform_info_bits.tsme"),
        KeyValuePair.Create("platform_info_decoded.ecc_en", "platform_info_bits.ecc"),
    ]);

    /// <summary>Every value that is another than ours, or that nobody reads.</summary>
    public static IEnumerable<string> Differences(JsonElement outputs, IReadOnlyList<EvidenceField> fields) => outputs.EnumerateObject().SelectMany(output => output.Name switch
    {
        "body_fields" => Differences(output.Value, string.Empty, fields),
        "measurement" => output.Value.EnumerateObject().SelectMany(member => member.Name switch
        {
            "type" => member.Value.ValueEquals(MeasurementTypes.SevSnp) ? [] : ["measurement.type differs"],
            "registers" when member.Value.GetArrayLength() == 1 => Difference("measurement", member.Value[0].GetString()!, fields),
            _ => [$"measurement.{member.Name} differs"],
        }),
        _ => [$"nobody reads \"{output.Name}\" of outputs"],
    });

    static IEnumerable<string> Differences(JsonElement group, string prefix, IReadOnlyList<EvidenceField> fields)
    {
        foreach (var member in group.EnumerateObject().Where(member => !s_misread.Contains(member.Name)))
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var difference in Differences(member.Value, member.Name + ".", fields))
                {
                    yield return difference;
                }

                continue;
            }

            var theirs = prefix + member.Name;
            var name = s_names.GetValueOrDefault(theirs) ?? theirs.Replace("policy_decoded", "policy_bits", StringComparison.Ordinal).Replace("platform_info_decoded", "platform_info_bits", StringComparison.Ordinal);
            foreach (var difference in Difference(name.EndsWith("_hex", StringComparison.Ordinal) ? name[..^4] : name, Text(member.Value), fields))
            {
                yield return difference;
            }
        }
    }

    static string[] Difference(string name, string expected, IReadOnlyList<EvidenceField> fields)
    {
        // Their numbers in hexadecimal are padded, ours are not.
        var actual = name == "signer_info" ? Signer(fields) : fields.FirstOrDefault(field => field.Name == name)?.Value;
        return actual is null ? [$"nobody reads \"{name}\" of outputs"]
            : actual == expected || (actual.StartsWith("0x", StringComparison.Ordinal) && actual[2..].PadLeft(expected.Length, '0') == expected) ? []
            : [$"{name} is {actual}, expected {expected}"];
    }

    /// <summary>Their 32 bits are three fields here.</summary>
    static string Signer(IReadOnlyList<EvidenceField> fields)
    {
        string Of(string name) => fields.FirstOrDefault(field => field.Name == name)?.Value ?? string.Empty;
        var key = Of("signing_key") switch { "VCEK" => 0, "VLEK" => 1, _ => 7 };
        return $"{(key << 2) | (Of("mask_chip_key") == "1" ? 2 : 0) | (Of("author_key_en") == "1" ? 1 : 0):x8}";
    }

    static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        _ => value.GetRawText(),
    };
}
