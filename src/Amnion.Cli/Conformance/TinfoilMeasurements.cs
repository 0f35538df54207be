using System.Globalization;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.ReferenceValues;

namespace Amnion.Cli.Conformance;

/// <summary>Reads the measurement sets and hardware lists that several kinds of Tinfoil cases have.</summary>
static class TinfoilMeasurements
{
    public static MeasurementSet Set(JsonElement value) =>
        new(value.GetProperty("type").GetString()!, value.GetProperty("registers").EnumerateArray().Select(register => register.GetString()!));

    /// <summary>A set as the output schemas have it, under a name; nothing for none.</summary>
    public static IEnumerable<EvidenceField> Describe(string name, MeasurementSet? set) => set is null
        ? []
        : set.Registers.Select((register, index) => new EvidenceField(string.Create(CultureInfo.InvariantCulture, $"{name}.registers.{index}"), register, "A register of the image.")).Prepend(new EvidenceField(name + ".type", set.Type, "What the registers are of."));

    public static IReadOnlyList<HardwareMeasurement> Hardware(JsonElement list) =>
        [.. list.EnumerateArray().Select(entry => new HardwareMeasurement(entry.GetProperty("id").GetString()!, entry.GetProperty("mrtd").GetString()!, entry.GetProperty("rtmr0").GetString()!))];
}
