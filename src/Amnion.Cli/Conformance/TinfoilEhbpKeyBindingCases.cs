using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.ReferenceValues;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of the key that requests are encrypted to: "tinfoil_ehbp-key-binding".</summary>
static class TinfoilEhbpKeyBindingCases
{
    public static CaseAnswer Run(ConformanceCase item)
    {
        using var input = JsonDocument.Parse(item.File("input"));
        if (!TryHex(input.RootElement, "report_data_hex", out var userData) || !TryHex(input.RootElement, "offered_hpke_public_key_hex", out var offered))
        {
            return TinfoilExpectation.Answer(item, new TinfoilVerdict([ReferenceValueCodes.KeyBindingMalformed], string.Empty, []) { Malformed = true });
        }

        ImmutableArray<string> codes = [.. TransportKeyBinding.Check(userData, offered).Where(check => check.Rejects).Select(check => check.Code)];
        var malformed = codes.Contains(ReferenceValueCodes.KeyBindingMalformed);
        ImmutableArray<EvidenceField> outputs = malformed
            ? []
            :
            [
                new("attested_hpke_public_key_hex", Convert.ToHexStringLower(TransportKeyBinding.AttestedKey(userData)), "The key the enclave attested."),
                new("tls_fingerprint_hex", Convert.ToHexStringLower(TransportKeyBinding.TlsFingerprint(userData)), "SHA-256 of the TLS key it attested."),
            ];
        return TinfoilExpectation.Answer(item, new TinfoilVerdict(codes, codes.IsEmpty || malformed ? string.Empty : "EHBP_KEY_BINDING_MISMATCH", outputs) { Malformed = malformed });
    }

    /// <summary>A text that is no hexadecimal is malformed input like one of another length.</summary>
    static bool TryHex(JsonElement input, string name, out byte[] bytes)
    {
        try
        {
            bytes = Convert.FromHexString(input.GetProperty(name).GetString()!);
            return true;
        }
        catch (FormatException)
        {
            bytes = [];
            return false;
        }
    }
}
