using System.Globalization;
using System.Text;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Records.Telemetry;
using Amnion.Testing;

namespace Amnion.Architecture.Tests;

/// <summary>docs/data-flow.md is written from the types that cross the enclave's boundary; AMNION_UPDATE_API=1 writes it anew.</summary>
public sealed class DataFlowTests
{
    static readonly Dictionary<FrameType, string> s_contents = new()
    {
        [FrameType.Boot] = "model manifest, its signature, engine configuration, suites: public, measured",
        [FrameType.EvidenceRequest] = "a relying party's nonce: public",
        [FrameType.KeyChallenge] = "the key broker's challenge, or a request for a key that AWS KMS encrypts to: public",
        [FrameType.WrappedKey] = "the data key, sealed to a one-time key of this enclave",
        [FrameType.WeightsFile] = "name of a sealed file: public",
        [FrameType.WeightsData] = "weights, sealed under the data key",
        [FrameType.WeightsEnd] = "nothing",
        [FrameType.Configuration] = "hashes of API keys, quotas: signed by the key register 17 measures",
        [FrameType.RequestData] = "a caller's request, sealed to a key of this enclave",
        [FrameType.RequestEnd] = "nothing",
        [FrameType.TelemetryRequest] = "nothing",
        [FrameType.Booted] = "register log: public",
        [FrameType.Evidence] = "Evidence bundle: public",
        [FrameType.ResponseData] = "an answer and its receipt, sealed to the caller, padded",
        [FrameType.ResponseEnd] = "nothing",
        [FrameType.Telemetry] = "numbers and enumerations, bucketed",
        [FrameType.Done] = "nothing",
        [FrameType.Failed] = "an error code",
    };

    [Fact]
    public void The_document_is_the_one_the_types_give()
    {
        var path = Path.Combine(SharedData.Repository, "docs", "data-flow.md");
        var expected = Describe();
        if (Environment.GetEnvironmentVariable("AMNION_UPDATE_API") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(File.Exists(path), "docs/data-flow.md is missing; run the tests with AMNION_UPDATE_API=1.");
        Assert.Equal(expected, File.ReadAllText(path));
    }

    static string Describe()
    {
        var text = new StringBuilder();
        text.Append("# Data flow\n\nGenerated from `FrameType`, `FrameLimits`, `EgressSchema` and the telemetry types; a test fails when it drifts.\n");
        text.Append("Everything that can cross the enclave's boundary is here. A type not listed, or a payload over its limit, ends the connection.\n");
        Table(text, "Into the enclave", Enum.GetValues<FrameType>().Except(EgressSchema.Frames));
        Table(text, "Out of the enclave", EgressSchema.Frames);
        text.Append("\nThe list of what may leave is measured into register 23 as `").Append(EgressSchema.Format).Append("`:\n\n    ");
        text.Append(Digest.Sha384(EgressSchema.ToJson())).Append("\n\n## Telemetry\n\nA closed schema: every value is one of these, or a number.\n\n");
        List(text, "hop", Enum.GetNames<Hop>());
        List(text, "kind", Enum.GetNames<TelemetryKind>());
        List(text, "outcome", Enum.GetNames<TelemetryOutcome>());
        text.Append("* correlation: 32 hexadecimal digits derived from the sealed request, or zeros\n* value: an integer; durations are rounded up to a power of two, in milliseconds\n");
        return text.ToString();
    }

    static void Table(StringBuilder text, string title, IEnumerable<FrameType> types)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| frame | number | most bytes | content |\n|---|---|---|---|\n");
        foreach (var type in types)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {type} | {(int)type} | {FrameLimits.Of(type)} | {s_contents[type]} |\n");
        }
    }

    static void List(StringBuilder text, string name, IEnumerable<string> values) => text.Append(CultureInfo.InvariantCulture, $"* {name}: {string.Join(", ", values)}\n");
}
