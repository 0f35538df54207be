using System.Collections.Concurrent;
using Amnion.Cli.EndorsementCollection;

namespace Amnion.Cli.Tests.EndorsementCollection;

/// <summary>A clock that stands still, whose pauses end at once and are remembered. Attempts time out only where a test is about that.</summary>
sealed class HastyClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 6, 27, 22, 27, 15, TimeSpan.Zero);

    public bool TimesOut { get; init; }

    public ConcurrentQueue<TimeSpan> Pauses { get; } = [];

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == EndorsementFetcher.AttemptTimeout)
        {
            return System.CreateTimer(callback, state, TimesOut ? TimeSpan.FromMilliseconds(200) : Timeout.InfiniteTimeSpan, period);
        }

        Pauses.Enqueue(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
