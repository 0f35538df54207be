using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.ReferenceValues;

/// <summary>
/// Compares what was attested with what was expected, also where the one is of a platform and the other of an image on any platform.
/// MRTD and RTMR0 of a TDX guest depend on the machine: an image does not fix them, and <see cref="HardwareMatch"/> compares them.
/// Tinfoil SDK specification §7.
/// </summary>
public static class MeasurementComparison
{
    /// <summary>Registers are SHA-384 on both platforms; no hash in use is longer than 64 bytes.</summary>
    const int MaxRegisterLength = 128;

    /// <summary>Whether the set is of a known type with the registers of that type.</summary>
    public static ImmutableArray<AttestationCheck> Check(MeasurementSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var checks = new CheckList();
        _ = Check(set, string.Empty, checks);
        return checks.ToImmutable();
    }

    /// <summary>Whether both sets are of the same image; every register that differs is named. The order does not matter.</summary>
    public static ImmutableArray<AttestationCheck> Compare(MeasurementSet source, MeasurementSet target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var checks = new CheckList();
        var known = Check(source, "source: ", checks) & Check(target, "target: ", checks);
        if (MeasurementTypes.RegisterCount(source.Type) is null || MeasurementTypes.RegisterCount(target.Type) is null)
        {
            return checks.ToImmutable();
        }

        var pairs = Pairs(source.Type, target.Type);
        checks.Add(ReferenceValueRules.Combination, pairs is not null, "equal types, or an image on either platform with one of them", $"{source.Type} with {target.Type}");
        if (known && pairs is not null)
        {
            var problems = pairs.Where(pair => source.Registers[pair.Source] != target.Registers[pair.Target]).Select(pair => $"{pair.Name}: {source.Registers[pair.Source]} differs from {target.Registers[pair.Target]}").ToList();
            checks.Add(ReferenceValueRules.Equal, problems, string.Join(", ", pairs.Select(pair => pair.Name)) + " alike");
            CheckRtmr3(source, target, checks);
        }

        return checks.ToImmutable();
    }

    /// <summary>An image on either platform says nothing of RTMR3: nothing may have been measured into it.</summary>
    static void CheckRtmr3(MeasurementSet source, MeasurementSet target, CheckList checks)
    {
        if ((source.Type, target.Type) is (MeasurementTypes.MultiPlatform, MeasurementTypes.Tdx) or (MeasurementTypes.Tdx, MeasurementTypes.MultiPlatform))
        {
            var register = (source.Type == MeasurementTypes.Tdx ? source : target).Registers[4];
            checks.Add(ReferenceValueRules.Rtmr3, register.Length > 0 && !register.AsSpan().ContainsAnyExcept('0'), "zeros", register);
        }
    }

    static bool Check(MeasurementSet set, string prefix, CheckList checks)
    {
        var count = MeasurementTypes.RegisterCount(set.Type);
        checks.Add(ReferenceValueRules.TypeKnown, count is not null, string.Join(", ", MeasurementTypes.SevSnp, MeasurementTypes.Tdx, MeasurementTypes.MultiPlatform), set.Type, prefix + ReferenceValueRules.TypeKnown.Name);
        if (count is not { } registers)
        {
            return false;
        }

        checks.Add(ReferenceValueRules.RegisterCount, set.Registers.Length == registers, registers.ToString(CultureInfo.InvariantCulture), set.Registers.Length.ToString(CultureInfo.InvariantCulture), prefix + ReferenceValueRules.RegisterCount.Name);
        var problems = set.Registers.Index().Where(entry => !IsRegister(entry.Item)).Select(entry => string.Create(CultureInfo.InvariantCulture, $"register {entry.Index}")).ToList();
        checks.Add(ReferenceValueRules.Registers, problems, "1 to 64 bytes each", prefix + ReferenceValueRules.Registers.Name);
        return set.Registers.Length == registers && problems.Count == 0;
    }

    internal static bool IsRegister(string register) =>
        register.Length is > 0 and <= MaxRegisterLength && register.Length % 2 == 0 && register.AsSpan().IndexOfAnyExcept(s_hex) < 0;

    static readonly System.Buffers.SearchValues<char> s_hex = System.Buffers.SearchValues.Create("0123456789abcdef");

    /// <summary>Registers that mean the same in both types, by position; null where there are none.</summary>
    static (string Name, int Source, int Target)[]? Pairs(string source, string target) => (source, target) switch
    {
        (MeasurementTypes.SevSnp, MeasurementTypes.SevSnp) => [("SNP measurement", 0, 0)],
        (MeasurementTypes.Tdx, MeasurementTypes.Tdx) => [("MRTD", 0, 0), ("RTMR0", 1, 1), ("RTMR1", 2, 2), ("RTMR2", 3, 3), ("RTMR3", 4, 4)],
        (MeasurementTypes.MultiPlatform, MeasurementTypes.MultiPlatform) => [("SNP measurement", 0, 0), ("RTMR1", 1, 1), ("RTMR2", 2, 2)],
        (MeasurementTypes.MultiPlatform, MeasurementTypes.SevSnp) or (MeasurementTypes.SevSnp, MeasurementTypes.MultiPlatform) => [("SNP measurement", 0, 0)],
        (MeasurementTypes.MultiPlatform, MeasurementTypes.Tdx) => [("RTMR1", 1, 2), ("RTMR2", 2, 3)],
        (MeasurementTypes.Tdx, MeasurementTypes.MultiPlatform) => [("RTMR1", 2, 1), ("RTMR2", 3, 2)],
        _ => null,
    };
}
