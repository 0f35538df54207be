using System.Diagnostics;

namespace Amnion.EndToEnd.Tests;

/// <summary>Waits for what another process does in its own time.</summary>
static class Eventually
{
    /// <summary>Asks until the answer is yes.</summary>
    public static async Task TrueAsync(string what, TimeSpan limit, Func<Task<bool>> ask)
    {
        var clock = Stopwatch.StartNew();
        while (!await ask())
        {
            Assert.True(clock.Elapsed < limit, $"Not within {limit.TotalSeconds:0} s: {what}");
            await Task.Delay(50, EndToEnd.Cancellation);
        }
    }

    public static Task TrueAsync(string what, TimeSpan limit, Func<bool> ask) => TrueAsync(what, limit, () => Task.FromResult(ask()));
}
