using System.Text.Json;
using System.Text.Json.Nodes;
using Amnion.Attestation.ReferenceValues;
using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>The whole flow in combinations that the published cases do not have, put together from their parts.</summary>
public sealed class WholeFlowTests
{
    const string Folder = "vectors/attestation/conformance";

    [Fact]
    public void A_pinned_tdx_measurement_is_compared_with_the_quotes()
    {
        var registers = Expected("attestation-tdx-300-tdx-v4-happy")["outputs"]!["measurement"]!["registers"]!;
        var input = Pinned(MeasurementTypes.Tdx, registers.DeepClone());
        var verdict = Verify(input);
        Assert.True(verdict.Accepted, string.Join(", ", verdict.Codes));
        Assert.Equal("tdx", verdict.Outputs.Single(field => field.Name == "platform").Value);

        registers[2] = new string('0', 96);
        verdict = Verify(Pinned(MeasurementTypes.Tdx, registers.DeepClone()));
        Assert.Equal([ReferenceValueCodes.Mismatch], verdict.Codes);
        Assert.Equal(("MEASUREMENT_MISMATCH", "verify-measurement"), (verdict.Rejection, verdict.Stage));
    }

    [Fact]
    public void Provenance_of_another_image_does_not_fit_a_tdx_quote_and_unknown_hardware_is_named_too()
    {
        var input = Input("verify-full-500-standard-flow-sev-happy");
        input.Remove("attestation_sev");
        input["attestation_tdx"] = Input("attestation-tdx-300-tdx-v4-happy");
        var verdict = Verify(input);
        Assert.Equal("verify-hardware-measurements", verdict.Stage);
        Assert.Equal(ReferenceValueCodes.HardwareUnknown, verdict.Codes[0]);
        Assert.Contains(ReferenceValueCodes.Mismatch, verdict.Codes);

        var registers = Expected("attestation-tdx-300-tdx-v4-happy")["outputs"]!["measurement"]!["registers"]!;
        input["hardware_measurements"] = new JsonArray(new JsonObject { ["id"] = "machine@list", ["mrtd"] = registers[0]!.DeepClone(), ["rtmr0"] = registers[1]!.DeepClone() });
        Assert.Equal("verify-measurement", Verify(input).Stage);
    }

    [Fact]
    public void Evidence_of_two_platforms_leaves_open_which_one_counts()
    {
        var input = Input("verify-full-500-standard-flow-sev-happy");
        input["attestation_tdx"] = Input("attestation-tdx-300-tdx-v4-happy");
        Assert.Equal(("BUNDLE_MALFORMED", "verify-full"), (Verify(input).Rejection, Verify(input).Stage));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("pinned")]
    public void A_mode_without_its_expected_measurement_is_refused(string mode)
    {
        var input = Input("verify-full-500-standard-flow-sev-happy");
        input["mode"] = mode;
        Assert.Equal(("BUNDLE_MALFORMED", "verify-full"), (Verify(input).Rejection, Verify(input).Stage));
    }

    [Fact]
    public void What_rejects_in_each_part_is_listed_and_the_first_part_is_named()
    {
        var input = Input("verify-full-502-standard-flow-sev-attestation-pin-mismatch");
        input["sigstore"]!["expected_digest_sha256_hex"] = new string('0', 64);
        var verdict = Verify(input);
        Assert.Equal(("SUBJECT_DIGEST_MISMATCH", "verify-sigstore"), (verdict.Rejection, verdict.Stage));
        Assert.True(verdict.Codes.Length > 1);
    }

    static JsonObject Pinned(string type, JsonNode registers) => new()
    {
        ["schema_version"] = "1",
        ["mode"] = "pinned",
        ["pinned_measurement"] = new JsonObject { ["type"] = type, ["registers"] = registers },
        ["attestation_tdx"] = Input("attestation-tdx-300-tdx-v4-happy"),
    };

    static TinfoilVerdict Verify(JsonObject input)
    {
        using var document = JsonDocument.Parse(input.ToJsonString());
        return TinfoilVerifyFullCases.Verify(document.RootElement);
    }

    static JsonObject Input(string name) => Read(name, "input.json");

    static JsonObject Expected(string name) => Read(name, "expected.json");

    static JsonObject Read(string name, string file) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), name, file)))!.AsObject();
}
