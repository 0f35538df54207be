using System.Globalization;

namespace Amnion.Attestation;

/// <summary>
/// Times in UTC as checks and fields show them, and arithmetic that stops at the ends of the calendar: times in documents are the attester's choice and must not make a
/// comparison throw.
/// </summary>
static class Instant
{
    /// <summary>To the millisecond: "2026-02-18T10:58:51.000Z".</summary>
    public static string Text(DateTimeOffset time) => string.Create(24, time.UtcDateTime, static (text, utc) =>
    {
        // The standard format without its own parser is several times as fast as a custom one, and every chain shows times.
        _ = utc.TryFormat(text, out _, "s", CultureInfo.InvariantCulture);
        var milliseconds = utc.Millisecond;
        text[19] = '.';
        text[20] = (char)('0' + (milliseconds / 100));
        text[21] = (char)('0' + (milliseconds / 10 % 10));
        text[22] = (char)('0' + (milliseconds % 10));
        text[23] = 'Z';
    });

    /// <summary>To the second: "2026-02-18T10:58:51Z".</summary>
    public static string TextOfSeconds(DateTimeOffset time) => string.Create(20, time.UtcDateTime, static (text, utc) =>
    {
        _ = utc.TryFormat(text, out _, "s", CultureInfo.InvariantCulture);
        text[19] = 'Z';
    });

    public static DateTimeOffset Add(DateTimeOffset time, TimeSpan span) =>
        span > TimeSpan.Zero ? (time > DateTimeOffset.MaxValue - span ? DateTimeOffset.MaxValue : time + span)
        : time < DateTimeOffset.MinValue - span ? DateTimeOffset.MinValue : time + span;
}
