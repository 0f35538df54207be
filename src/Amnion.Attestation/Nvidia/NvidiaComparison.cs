using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Nvidia;

/// <summary>Compares a report's measurements with the active slots of its manifests.</summary>
sealed class NvidiaComparison
{
    /// <summary>Slot of the video decoder's firmware, in use only while that is on.</summary>
    const int VideoDecoderSlot = 35;

    /// <summary>Differs where a guest restarted without a reset of the GPU.</summary>
    const int RestartSlot = 9;

    /// <summary>Differs where the mode was changed without a reset.</summary>
    const int ModeSlot = 52;

    readonly List<string> _different = [];
    readonly List<string> _missing = [];
    readonly ImmutableArray<int>.Builder _slots = ImmutableArray.CreateBuilder<int>();

    NvidiaComparison()
    {
    }

    /// <summary>Slots that differ or are missing.</summary>
    public ImmutableArray<int> Mismatches { get; private set; } = [];

    /// <summary>Whether driver and VBIOS manifest have no slot in common.</summary>
    public bool NoConflict { get; private set; }

    /// <summary>True where all manifests that the device needs were compared and every slot fits; false where something differs; null where a manifest is missing.</summary>
    public bool? Matches { get; private set; }

    public static NvidiaComparison Compare(NvidiaReport report, NvidiaRimSelection rims, CheckList checks)
    {
        var comparison = new NvidiaComparison();
        comparison.Run(report, rims, checks);
        return comparison;
    }

    void Run(NvidiaReport report, NvidiaRimSelection rims, CheckList checks)
    {
        var driver = Active(rims.Driver);
        var vbios = Active(rims.Vbios);
        var isGpu = report.Kind == NvidiaDeviceKind.Gpu;
        var conflicts = driver.Keys.Where(vbios.ContainsKey).Select(Slot).ToList();
        NoConflict = conflicts.Count == 0;
        var decoderUnknown = false;
        if (driver.Count > 0 || vbios.Count > 0)
        {
            checks.Add(NvidiaRules.RimConflict, conflicts, "each slot in one manifest");
            decoderUnknown = isGpu && (driver.ContainsKey(VideoDecoderSlot) || vbios.ContainsKey(VideoDecoderSlot)) && report.IsVideoDecoderOff is null;
            CheckDecoder(report, decoderUnknown, checks);
            CheckSlots(report, isGpu, driver.Values.Concat(vbios.Values), checks);
            CheckUnreferenced(report, driver, vbios, checks);
        }

        Mismatches = _slots.ToImmutable();
        var complete = rims.Vbios is not null && (!isGpu || rims.Driver is not null);
        Matches = _slots.Count > 0 || !NoConflict || decoderUnknown ? false : complete ? true : null;
    }

    static void CheckDecoder(NvidiaReport report, bool unknown, CheckList checks)
    {
        var skipped = report is { Kind: NvidiaDeviceKind.Gpu, IsVideoDecoderOff: true };
        checks.Add(NvidiaRules.VideoDecoder, !unknown, "0xaa (on) or 0x55 (off)", unknown ? "neither" : skipped ? "off: slot 35 is not compared" : null);
    }

    void CheckSlots(NvidiaReport report, bool isGpu, IEnumerable<NvidiaRimMeasurement> references, CheckList checks)
    {
        var special = new Dictionary<int, string?>();
        foreach (var reference in references.OrderBy(reference => reference.Slot))
        {
            if (reference.Slot == VideoDecoderSlot && isGpu && report.IsVideoDecoderOff == true)
            {
                continue;
            }

            var problem = Problem(report, reference);
            if (reference.Slot is RestartSlot or ModeSlot)
            {
                special[reference.Slot] = problem;
            }
            else if (problem is not null)
            {
                (report.Measurements.ContainsKey(reference.Slot + 1) ? _different : _missing).Add(problem);
            }

            if (problem is not null)
            {
                _slots.Add(reference.Slot);
            }
        }

        checks.Add(NvidiaRules.Measurement, _different, "one of the manifest's values for each slot");
        checks.Add(NvidiaRules.MeasurementMissing, _missing, "a measurement for each slot");
        foreach (var (slot, rule) in ((int, CheckRule)[])[(RestartSlot, NvidiaRules.MeasurementAfterRestart), (ModeSlot, NvidiaRules.MeasurementAfterModeChange)])
        {
            if (special.TryGetValue(slot, out var problem))
            {
                checks.Add(rule, problem is null, "one of the manifest's values", problem);
            }
        }
    }

    static string? Problem(NvidiaReport report, NvidiaRimMeasurement reference)
    {
        if (!report.Measurements.TryGetValue(reference.Slot + 1, out var actual))
        {
            return Slot(reference.Slot) + " is not in the report";
        }

        return reference.Values.Contains(actual) ? null : $"{Slot(reference.Slot)} ({reference.Name}) is {actual}, expected {string.Join(" or ", reference.Values)}";
    }

    /// <summary>Says what the comparison cannot vouch for; NVIDIA's manifests leave some slots out on purpose.</summary>
    static void CheckUnreferenced(NvidiaReport report, ImmutableSortedDictionary<int, NvidiaRimMeasurement> driver, ImmutableSortedDictionary<int, NvidiaRimMeasurement> vbios, CheckList checks)
    {
        var open = report.Measurements.Where(entry => !entry.Value.IsZero && !driver.ContainsKey(entry.Key - 1) && !vbios.ContainsKey(entry.Key - 1)).Select(entry => Slot(entry.Key - 1)).ToList();
        checks.Add(NvidiaRules.Unreferenced, open.Count == 0 ? CheckOutcome.Pass : CheckOutcome.Skip, actual: open.Count == 0 ? null : "nothing says what these should be: " + string.Join(", ", open), required: false);
    }

    static ImmutableSortedDictionary<int, NvidiaRimMeasurement> Active(NvidiaRim? rim) =>
        rim is null ? ImmutableSortedDictionary<int, NvidiaRimMeasurement>.Empty : rim.Measurements.Where(entry => entry.Value.IsActive).ToImmutableSortedDictionary();

    static string Slot(int slot) => string.Create(CultureInfo.InvariantCulture, $"slot {slot}");
}
