namespace Amnion.Attestation;

/// <summary>Time arithmetic that stops at the ends of the calendar: times in documents are the attester's choice and must not make a comparison throw.</summary>
static class Instant
{
    public static DateTimeOffset Add(DateTimeOffset time, TimeSpan span) =>
        span > TimeSpan.Zero ? (time > DateTimeOffset.MaxValue - span ? DateTimeOffset.MaxValue : time + span)
        : time < DateTimeOffset.MinValue - span ? DateTimeOffset.MinValue : time + span;
}
