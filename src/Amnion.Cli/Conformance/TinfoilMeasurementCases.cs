using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.ReferenceValues;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of fingerprints and comparisons across platforms: "tinfoil_measurement".</summary>
static class TinfoilMeasurementCases
{
    static readonly Dictionary<string, string> s_codes = new(StringComparer.Ordinal)
    {
        [ReferenceValueCodes.TypeUnknown] = "MEASUREMENT_TYPE_UNKNOWN",
        [ReferenceValueCodes.RegisterCount] = "MEASUREMENT_REGISTER_COUNT_INVALID",
        [ReferenceValueCodes.RegisterMalformed] = "MEASUREMENT_MISMATCH",
        [ReferenceValueCodes.CombinationUnsupported] = "MEASUREMENT_TYPE_COMBINATION_UNSUPPORTED",
        [ReferenceValueCodes.Mismatch] = "MEASUREMENT_MISMATCH",
        [ReferenceValueCodes.Rtmr3Extended] = "MEASUREMENT_RTMR3_NONZERO",
    };

    static readonly string[] s_order =
        ["MEASUREMENT_TYPE_UNKNOWN", "MEASUREMENT_TYPE_COMBINATION_UNSUPPORTED", "MEASUREMENT_REGISTER_COUNT_INVALID", "MEASUREMENT_MISMATCH", "MEASUREMENT_RTMR3_NONZERO"];

    public static CaseAnswer Run(ConformanceCase item)
    {
        using var input = JsonDocument.Parse(item.File("input"));
        var source = TinfoilMeasurements.Set(input.RootElement.GetProperty("source"));
        var target = input.RootElement.TryGetProperty("target", out var other) && other.ValueKind == JsonValueKind.Object ? TinfoilMeasurements.Set(other) : null;
        var outputs = ImmutableArray.CreateBuilder<EvidenceField>();
        outputs.Add(new EvidenceField("source_fingerprint_hex", source.Fingerprint, "One text for the source's registers."));
        if (target is not null)
        {
            outputs.Add(new EvidenceField("target_fingerprint_hex", target.Fingerprint, "One text for the target's registers."));
        }

        return TinfoilExpectation.Answer(item, Judge(target is null ? MeasurementComparison.Check(source) : MeasurementComparison.Compare(source, target)) with { Outputs = outputs.ToImmutable() });
    }

    /// <summary>A comparison in the upstream's words; also part of the whole flow.</summary>
    public static TinfoilVerdict Judge(ImmutableArray<AttestationCheck> checks)
    {
        ImmutableArray<string> codes = [.. checks.Where(check => check.Rejects).Select(check => check.Code)];
        return new TinfoilVerdict(codes, TinfoilVerdict.First(codes.Select(code => s_codes.GetValueOrDefault(code, string.Empty)), s_order), []);
    }
}
