using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.ReferenceValues;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Cases of the whole flow, "tinfoil_verify-full": signed provenance says what the image measures, the hardware what is running, and both must
/// agree. Every part is run and what rejects is listed; the upstream's code and stage are those of the first part that does.
/// </summary>
static class TinfoilVerifyFullCases
{
    const string Whole = "verify-full";

    public static CaseAnswer Run(ConformanceCase item)
    {
        using var input = JsonDocument.Parse(item.File("input"));
        return TinfoilExpectation.Answer(item, Verify(input.RootElement));
    }

    /// <summary>The whole flow of one input.</summary>
    public static TinfoilVerdict Verify(JsonElement input)
    {
        var parts = new List<TinfoilVerdict>();
        var mode = input.GetProperty("mode").GetString();
        var expected = mode switch
        {
            "standard" or "bundle" => Provenance(input, parts),
            "pinned" => Pinned(input, parts),
            _ => Missing<MeasurementSet>(parts),
        };
        var attested = Attestation(input, parts);
        var hardware = mode != "pinned" && expected?.Type == MeasurementTypes.MultiPlatform && attested?.Type == MeasurementTypes.Tdx ? Hardware(input, attested, parts) : [];
        if (expected is not null && attested is not null)
        {
            parts.Add(TinfoilMeasurementCases.Judge(MeasurementComparison.Compare(expected, attested)) with { Stage = "verify-measurement" });
        }

        var first = parts.Find(part => !part.Accepted);
        return new TinfoilVerdict([.. parts.SelectMany(part => part.Codes)], first?.Rejection ?? string.Empty, first is null ? [.. Outputs(mode!, expected!, attested!), .. hardware] : []) { Stage = first?.Stage, Synonyms = first?.Synonyms ?? [] };
    }

    static IEnumerable<EvidenceField> Outputs(string mode, MeasurementSet expected, MeasurementSet attested) =>
    [
        new("mode", mode, "Where the expected measurement came from."),
        new("platform", attested.Type == MeasurementTypes.Tdx ? "tdx" : "sev-snp", "What the enclave runs on."),
        .. TinfoilMeasurements.Describe("sigstore_measurement", mode == "pinned" ? null : expected),
        .. TinfoilMeasurements.Describe("attestation_measurement", attested),
        new("final_measurement_fingerprint_hex", attested.Fingerprint, "One text for the accepted registers."),
    ];

    static MeasurementSet? Provenance(JsonElement input, List<TinfoilVerdict> parts)
    {
        if (!input.TryGetProperty("sigstore", out var block))
        {
            return Missing<MeasurementSet>(parts);
        }

        // The block may leave out its time; the attestation's is the same relying party's.
        var now = block.TryGetProperty("verification_time_unix", out _) ? TinfoilSigstoreCases.Time(block) : Blocks(input).Select(Now).FirstOrDefault(DateTimeOffset.UnixEpoch);
        parts.Add(TinfoilSigstoreCases.Verify(block, now, out var measurement) with { Stage = "verify-sigstore" });
        return measurement;
    }

    static MeasurementSet? Pinned(JsonElement input, List<TinfoilVerdict> parts) =>
        input.TryGetProperty("pinned_measurement", out var pinned) ? TinfoilMeasurements.Set(pinned) : Missing<MeasurementSet>(parts);

    /// <summary>Exactly one platform's Evidence: with two it would be open which one counts.</summary>
    static MeasurementSet? Attestation(JsonElement input, List<TinfoilVerdict> parts)
    {
        var sev = input.TryGetProperty("attestation_sev", out var report);
        var tdx = input.TryGetProperty("attestation_tdx", out var quote);
        if (sev == tdx)
        {
            return Missing<MeasurementSet>(parts);
        }

        if (sev)
        {
            var verdict = TinfoilSevCases.Verify(report);
            parts.Add(verdict with { Stage = "verify-attestation-sev" });
            return verdict.Accepted ? Registers(MeasurementTypes.SevSnp, verdict.Outputs, "measurement") : null;
        }

        var (codes, words, fields) = TinfoilTdxCases.Verify(quote);
        parts.Add(new TinfoilVerdict(codes, words.FirstOrDefault(string.Empty), []) { Stage = "verify-attestation-tdx", Synonyms = [.. words] });
        return codes.IsEmpty ? Registers(MeasurementTypes.Tdx, fields, "td.mrtd", "td.rtmr0", "td.rtmr1", "td.rtmr2", "td.rtmr3") : null;
    }

    /// <summary>An image does not fix firmware and machine; a list that is not there knows none.</summary>
    static IEnumerable<EvidenceField> Hardware(JsonElement input, MeasurementSet attested, List<TinfoilVerdict> parts)
    {
        var known = input.TryGetProperty("hardware_measurements", out var list) ? TinfoilMeasurements.Hardware(list) : [];
        var verdict = TinfoilHardwareMeasurementsCases.Judge(attested, known);
        parts.Add(verdict with { Stage = "verify-hardware-measurements" });
        return verdict.Outputs.Select(field => field with { Name = field.Name.Replace("matched_", "matched_hardware.", StringComparison.Ordinal) });
    }

    static MeasurementSet Registers(string type, ImmutableArray<EvidenceField> fields, params string[] names) =>
        new(type, names.Select(name => fields.First(field => field.Name == name).Value));

    static IEnumerable<JsonElement> Blocks(JsonElement input)
    {
        foreach (var name in new[] { "attestation_sev", "attestation_tdx" })
        {
            if (input.TryGetProperty(name, out var block))
            {
                yield return block;
            }
        }
    }

    static DateTimeOffset Now(JsonElement block) =>
        block.TryGetProperty("expiration_check_date_unix", out var time) ? DateTimeOffset.FromUnixTimeSeconds(time.GetInt64()) : DateTimeOffset.UnixEpoch;

    /// <summary>A part that the mode asks for is not in the input; the upstream calls that a malformed bundle of the whole flow.</summary>
    static T? Missing<T>(List<TinfoilVerdict> parts)
        where T : class
    {
        parts.Add(new TinfoilVerdict(["no part that the mode asks for"], "BUNDLE_MALFORMED", []) { Stage = Whole });
        return null;
    }
}
