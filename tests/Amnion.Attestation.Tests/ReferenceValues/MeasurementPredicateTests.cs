using System.Text;
using Amnion.Attestation.ReferenceValues;

namespace Amnion.Attestation.Tests.ReferenceValues;

/// <summary>Reference Values out of a signed predicate.</summary>
public sealed class MeasurementPredicateTests
{
    static readonly string s_a = new('a', 96);
    static readonly string s_b = new('B', 96);

    [Fact]
    public void The_registers_are_read_in_their_order_and_in_lower_case()
    {
        var set = Read(MeasurementTypes.MultiPlatform, $$$"""{"snp_measurement":"{{{s_a}}}","tdx_measurement":{"rtmr1":"{{{s_b}}}","rtmr2":"{{{s_a}}}"},"cmdline":"x"}""", out var failed);
        Assert.Empty(failed);
        Assert.Equal([s_a, s_b.ToLowerInvariant(), s_a], set!.Registers);
        Assert.Equal([s_a], Read(MeasurementTypes.SevSnp, $$"""{"snp_measurement":"{{s_a}}"}""", out _)!.Registers);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"snp_measurement":"aa","tdx_measurement":{"rtmr1":"aa","rtmr2":"aa"}}""")]
    [InlineData("""{"snp_measurement":1,"tdx_measurement":{"rtmr1":1,"rtmr2":1}}""")]
    [InlineData("""{"tdx_measurement":[]}""")]
    public void A_predicate_without_whole_registers_gives_none(string json)
    {
        Assert.Null(Read(MeasurementTypes.MultiPlatform, json, out var failed));
        Assert.Equal([ReferenceValueCodes.PredicateMalformed], failed);
    }

    [Theory]
    [InlineData(MeasurementTypes.Tdx)]
    [InlineData(MeasurementTypes.Hardware)]
    [InlineData("https://slsa.dev/provenance/v1")]
    public void A_type_that_holds_no_image_gives_none(string type)
    {
        Assert.Null(Read(type, $$"""{"snp_measurement":"{{s_a}}"}""", out var failed));
        Assert.Equal([ReferenceValueCodes.PredicateMalformed], failed);
    }

    [Fact]
    public void A_hardware_list_names_its_entries_with_the_lists_digest()
    {
        var list = MeasurementPredicate.ReadHardware(MeasurementTypes.Hardware, Encoding.UTF8.GetBytes($$$"""{"large":{"mrtd":"{{{s_a}}}","rtmr0":"{{{s_b}}}"}}"""), "d1", out var checks);
        Assert.True(checks.AllPass());
        Assert.Equal([new HardwareMeasurement("large@d1", s_a, s_b.ToLowerInvariant())], list);
        Assert.Null(MeasurementPredicate.ReadHardware(MeasurementTypes.Hardware, """{"large":{"mrtd":"x"}}"""u8, "d1", out checks));
        Assert.Equal([ReferenceValueCodes.PredicateMalformed], checks.Failed());
        Assert.Null(MeasurementPredicate.ReadHardware(MeasurementTypes.MultiPlatform, "{}"u8, "d1", out checks));
        Assert.Equal([ReferenceValueCodes.PredicateMalformed], checks.Failed());
    }

    static MeasurementSet? Read(string type, string json, out string[] failed)
    {
        var set = MeasurementPredicate.Read(type, Encoding.UTF8.GetBytes(json), out var checks);
        failed = checks.Failed();
        return set;
    }
}
