using System.Diagnostics;

namespace Amnion.Testing;

/// <summary>What one hostile input may cost its parser. Generous, so that only a runaway is found: a length believed before it was checked, or a loop without an end.</summary>
public static class ParserBudget
{
    static readonly TimeSpan s_time = TimeSpan.FromSeconds(10);

    /// <summary>Parses, and throws where that took more than ten seconds or more than <paramref name="bytes"/> of new memory on this thread.</summary>
    public static void Run(long bytes, Action parse)
    {
        var started = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        parse();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var elapsed = Stopwatch.GetElapsedTime(started);
        if (allocated > bytes || elapsed > s_time)
        {
            throw new InvalidOperationException($"One input took {allocated} bytes and {elapsed.TotalSeconds:0.0} s; at most {bytes} bytes and {s_time.TotalSeconds:0} s are allowed.");
        }
    }
}
