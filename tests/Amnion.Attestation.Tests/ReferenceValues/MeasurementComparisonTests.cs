using Amnion.Attestation.ReferenceValues;

namespace Amnion.Attestation.Tests.ReferenceValues;

/// <summary>Measurement sets of one image on one platform or any.</summary>
public sealed class MeasurementComparisonTests
{
    static readonly string s_zero = new('0', 96);

    static readonly MeasurementSet s_sev = Set(MeasurementTypes.SevSnp, 'a');
    static readonly MeasurementSet s_image = Set(MeasurementTypes.MultiPlatform, 'a', 'b', 'c');
    static readonly MeasurementSet s_tdx = new(MeasurementTypes.Tdx, [R('d'), R('e'), R('b'), R('c'), s_zero]);

    [Fact]
    public void A_lone_register_is_its_own_fingerprint_and_several_are_hashed_with_their_type()
    {
        Assert.Equal(R('a'), s_sev.Fingerprint);
        Assert.Equal(64, s_image.Fingerprint.Length);
        Assert.NotEqual(s_image.Fingerprint, new MeasurementSet(MeasurementTypes.Tdx, s_image.Registers).Fingerprint);
        Assert.Equal(s_tdx.Fingerprint, new MeasurementSet(MeasurementTypes.Tdx, s_tdx.Registers.Select(register => register.ToUpperInvariant())).Fingerprint);
    }

    public static TheoryData<MeasurementSet, MeasurementSet, string[]> Comparisons => new()
    {
        { s_sev, s_sev, [] },
        { s_tdx, s_tdx, [] },
        { s_image, s_image, [] },
        { s_image, s_sev, [] },
        { s_image, s_tdx, [] },
        { Set(MeasurementTypes.SevSnp, 'A'), s_sev, [] },
        { s_sev, Set(MeasurementTypes.SevSnp, 'b'), [ReferenceValueCodes.Mismatch] },
        { s_image, Set(MeasurementTypes.SevSnp, 'b'), [ReferenceValueCodes.Mismatch] },
        { s_image, With(s_tdx, 2, R('f')), [ReferenceValueCodes.Mismatch] },
        { s_image, With(s_tdx, 3, R('f')), [ReferenceValueCodes.Mismatch] },
        { s_image, With(s_tdx, 4, R('f')), [ReferenceValueCodes.Rtmr3Extended] },
        { s_image, With(With(s_tdx, 3, R('f')), 4, R('f')), [ReferenceValueCodes.Mismatch, ReferenceValueCodes.Rtmr3Extended] },
        { s_image, With(s_tdx, 0, R('f')), [] },
        { s_tdx, With(s_tdx, 0, R('f')), [ReferenceValueCodes.Mismatch] },
        { With(s_tdx, 4, R('f')), With(s_tdx, 4, R('f')), [] },
        { s_tdx, s_sev, [ReferenceValueCodes.CombinationUnsupported] },
        { s_image, new MeasurementSet(MeasurementTypes.Tdx, s_tdx.Registers.Take(4)), [ReferenceValueCodes.RegisterCount] },
        { s_image, new MeasurementSet("other", []), [ReferenceValueCodes.TypeUnknown] },
        { s_sev, new MeasurementSet(MeasurementTypes.SevSnp, ["xx"]), [ReferenceValueCodes.RegisterMalformed] },
        { s_sev, new MeasurementSet(MeasurementTypes.SevSnp, [""]), [ReferenceValueCodes.RegisterMalformed] },
    };

    [Theory]
    [MemberData(nameof(Comparisons), DisableDiscoveryEnumeration = true)]
    public void Sets_are_compared_by_the_registers_they_share_in_either_order(MeasurementSet source, MeasurementSet target, string[] codes)
    {
        Assert.Equal(codes, MeasurementComparison.Compare(source, target).Where(check => check.Rejects).Select(check => check.Code));
        Assert.Equal(codes, MeasurementComparison.Compare(target, source).Where(check => check.Rejects).Select(check => check.Code));
    }

    [Fact]
    public void Every_register_that_differs_is_named()
    {
        var check = MeasurementComparison.Compare(s_tdx, With(With(s_tdx, 0, R('1')), 3, R('2'))).Only(ReferenceValueCodes.Mismatch);
        Assert.Contains("MRTD:", check.Actual, StringComparison.Ordinal);
        Assert.Contains("RTMR2:", check.Actual, StringComparison.Ordinal);
        Assert.DoesNotContain("RTMR1:", check.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Hardware_is_the_first_entry_with_both_registers()
    {
        HardwareMeasurement[] known = [new("one", R('d'), R('f')), new("two", R('D'), R('e')), new("three", R('d'), R('e'))];
        Assert.Equal("two", HardwareMatch.Find(s_tdx, known, out var checks)!.Id);
        Assert.True(checks.AllPass());
        Assert.Null(HardwareMatch.Find(s_tdx, known[..1], out checks));
        Assert.Equal([ReferenceValueCodes.HardwareUnknown], checks.Failed());
        Assert.Null(HardwareMatch.Find(s_tdx, [], out checks));
        Assert.Equal([ReferenceValueCodes.HardwareUnknown], checks.Failed());
        Assert.Null(HardwareMatch.Find(s_sev, known, out checks));
        Assert.Equal([ReferenceValueCodes.HardwareType], checks.Failed());
        Assert.Null(HardwareMatch.Find(new MeasurementSet(MeasurementTypes.Tdx, s_tdx.Registers.Add(s_zero)), known, out checks));
        Assert.Equal([ReferenceValueCodes.HardwareRegisterCount], checks.Failed());
    }

    [Fact]
    public void Empty_registers_are_no_hardware()
    {
        Assert.Null(HardwareMatch.Find(new MeasurementSet(MeasurementTypes.Tdx, ["", "", "", "", ""]), [new("empty", "", "")], out var checks));
        Assert.Equal([ReferenceValueCodes.HardwareUnknown], checks.Failed());
    }

    static MeasurementSet Set(string type, params char[] registers) => new(type, registers.Select(R));

    static MeasurementSet With(MeasurementSet set, int index, string register) => new(set.Type, set.Registers.SetItem(index, register));

    static string R(char digit) => new(digit, 96);
}
