using System.Diagnostics;

namespace Amnion.Inference.Tests;

/// <summary>Waits for another process or thread, without a fixed time.</summary>
static class Eventually
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task HoldsAsync(Func<bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, "The condition did not hold in time.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
