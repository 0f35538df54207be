using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.ReferenceValues;

/// <summary>Finds the machine type whose firmware a TDX guest attested: Tinfoil SDK specification §6.3.</summary>
public static class HardwareMatch
{
    /// <summary>The first entry with the guest's MRTD and RTMR0, or null; the checks say why.</summary>
    public static HardwareMeasurement? Find(MeasurementSet enclave, IReadOnlyList<HardwareMeasurement> known, out ImmutableArray<AttestationCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(enclave);
        ArgumentNullException.ThrowIfNull(known);
        var list = new CheckList();
        var isTdx = enclave.Type == MeasurementTypes.Tdx;
        list.Add(ReferenceValueRules.HardwareType, isTdx, MeasurementTypes.Tdx, enclave.Type);
        HardwareMeasurement? match = null;
        if (isTdx)
        {
            var complete = enclave.Registers.Length == 5;
            list.Add(ReferenceValueRules.HardwareCount, complete, "5", enclave.Registers.Length.ToString(CultureInfo.InvariantCulture));
            if (complete)
            {
                match = known.FirstOrDefault(entry => Same(entry.Mrtd, enclave.Registers[0]) && Same(entry.Rtmr0, enclave.Registers[1]));
                list.Add(ReferenceValueRules.HardwareKnown, match is not null, string.Create(CultureInfo.InvariantCulture, $"one of {known.Count} entries"), match?.Id ?? $"MRTD {enclave.Registers[0]}, RTMR0 {enclave.Registers[1]}");
            }
        }

        checks = list.ToImmutable();
        return match;
    }

    /// <summary>Empty text is no measurement, and equals none.</summary>
    static bool Same(string known, string attested) => MeasurementComparison.IsRegister(attested) && string.Equals(known, attested, StringComparison.OrdinalIgnoreCase);
}
