using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.ReferenceValues;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of finding the hardware a TDX guest runs on: "tinfoil_hardware-measurements".</summary>
static class TinfoilHardwareMeasurementsCases
{
    static readonly Dictionary<string, string> s_codes = new(StringComparer.Ordinal)
    {
        [ReferenceValueCodes.HardwareType] = "ENCLAVE_MEASUREMENT_TYPE_INVALID",
        [ReferenceValueCodes.HardwareRegisterCount] = "ENCLAVE_REGISTER_COUNT_INVALID",
        [ReferenceValueCodes.HardwareUnknown] = "HARDWARE_NO_MATCH",
    };

    public static CaseAnswer Run(ConformanceCase item)
    {
        using var input = JsonDocument.Parse(item.File("input"));
        var enclave = TinfoilMeasurements.Set(input.RootElement.GetProperty("enclave_measurement"));
        return TinfoilExpectation.Answer(item, Judge(enclave, TinfoilMeasurements.Hardware(input.RootElement.GetProperty("hardware_measurements"))));
    }

    /// <summary>A look-up in the upstream's words; also part of the whole flow.</summary>
    public static TinfoilVerdict Judge(MeasurementSet enclave, IReadOnlyList<HardwareMeasurement> known)
    {
        var match = HardwareMatch.Find(enclave, known, out var checks);
        ImmutableArray<string> codes = [.. checks.Where(check => check.Rejects).Select(check => check.Code)];
        ImmutableArray<EvidenceField> outputs = match is null
            ? []
            :
            [
                new("matched_id", match.Id, "The machine type found."),
                new("matched_mrtd", match.Mrtd.ToLowerInvariant(), "Its MRTD."),
                new("matched_rtmr0", match.Rtmr0.ToLowerInvariant(), "Its RTMR0."),
            ];
        return new TinfoilVerdict(codes, codes.IsEmpty ? string.Empty : s_codes[codes[0]], outputs);
    }
}
