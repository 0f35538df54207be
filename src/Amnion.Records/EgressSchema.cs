using Amnion.Records.Frames;
using Amnion.Records.Telemetry;

namespace Amnion.Records;

/// <summary>What register 23 measures: everything that may leave the enclave, by type and limit, written from the types themselves. "amnion/egress/1".</summary>
public static class EgressSchema
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/egress/1";

    /// <summary>The frame types an enclave may send.</summary>
    public static IReadOnlyList<FrameType> Frames { get; } =
        [FrameType.Booted, FrameType.Evidence, FrameType.ResponseData, FrameType.ResponseEnd, FrameType.Telemetry, FrameType.Done, FrameType.Failed];

    /// <summary>The canonical JSON.</summary>
    public static byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteStartArray("frames");
        foreach (var type in Frames)
        {
            json.WriteStartObject();
            json.WriteString("type", type.ToString());
            json.WriteNumber("max_bytes", FrameLimits.Of(type));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("telemetry");
        foreach (var kind in Enum.GetValues<TelemetryKind>())
        {
            json.WriteStringValue(kind.ToString());
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
