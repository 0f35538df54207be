using System.Diagnostics;

namespace Amnion.Bench;

/// <summary>Work on several threads that begin together.</summary>
static class Workers
{
    /// <summary>Gives each thread its number, and returns how long all of them took.</summary>
    public static TimeSpan Run(int count, Action<int> work)
    {
        using var start = new Barrier(count + 1);
        var threads = Enumerable.Range(0, count).Select(worker => new Thread(() =>
        {
            start.SignalAndWait();
            work(worker);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        start.SignalAndWait();
        var clock = Stopwatch.GetTimestamp();
        threads.ForEach(thread => thread.Join());
        return Stopwatch.GetElapsedTime(clock);
    }
}
