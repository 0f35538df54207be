using System.Text.Json;

namespace Amnion.Records.Telemetry;

/// <summary>
/// One event of the closed telemetry schema "amnion/telemetry/1": enumerations and numbers, never text. The correlation id is the
/// exchange's <see cref="Receipt.IdOf"/> (derived from the sealed request) or zero.
/// </summary>
/// <param name="Hop">Who emitted it.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Correlation">32 hexadecimal digits; all zero where no exchange is meant.</param>
/// <param name="Value">A number whose unit the kind names; durations are rounded up to a bucket.</param>
public sealed record TelemetryEvent(Hop Hop, TelemetryKind Kind, TelemetryOutcome Outcome, string Correlation, long Value)
{
    /// <summary>No exchange.</summary>
    public const string NoCorrelation = "00000000000000000000000000000000";

    /// <summary>Rounds a duration up to a power of two, in milliseconds, so that exact timing does not leave.</summary>
    public static long Bucket(TimeSpan duration) => (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, Math.Min(1 << 30, (long)Math.Ceiling(duration.TotalMilliseconds))));

    /// <summary>Writes the event as one JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("hop", (int)Hop);
        json.WriteNumber("kind", (int)Kind);
        json.WriteNumber("outcome", (int)Outcome);
        json.WriteString("correlation", Correlation.Length == 32 && Correlation.All(char.IsAsciiHexDigitLower) ? Correlation : NoCorrelation);
        json.WriteNumber("value", Value);
        json.WriteEndObject();
    }
}
