using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Amnion.Cli.Conformance;
using Amnion.Cli.Terminal;

namespace Amnion.Cli.Commands;

/// <summary>`amnion conformance FOLDER --flip-bits LOG`: hours of work, written down file by file so that it can go on after an interruption.</summary>
static class BitFlipRun
{
    /// <summary>Bits at either end of a file that a sample always has.</summary>
    const int Ends = 64;

    public static int Run(string folder, string log, Func<ConformanceCase, bool> select, int every, Output output, CancellationToken cancellation)
    {
        var done = File.Exists(log) ? File.ReadAllLines(log).Where(line => line.StartsWith("ok ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1] + " " + line.Split(' ')[2]).ToHashSet(StringComparer.Ordinal) : [];
        var cases = BitFlips.Cases(folder, select).ToList();
        if (cases.Count == 0)
        {
            throw new CliException(ExitCode.Malformed, "the folder has no such accepted case", "leave --only out to run all", null);
        }

        // A file that several cases of one kind bring is altered with the first of them: what reads it is the same for all.
        var work = cases.SelectMany(item => BitFlips.Files(item).Select(path => (item, path))).DistinctBy(entry => (entry.item.Tee, Convert.ToHexString(SHA256.HashData(entry.item.FileAt(entry.path))))).Where(entry => !done.Contains($"{entry.item.Tee}/{entry.item.Id} {entry.path}")).ToList();
        output.Line(string.Create(CultureInfo.InvariantCulture, $"{done.Count} files done before, {work.Count} to do"));
        var failed = 0;

        // One file after the other, with all processors at work on its bits: what is written down is then as far as possible at any moment.
        foreach (var (item, path) in work)
        {
            var started = Stopwatch.GetTimestamp();
            var result = BitFlips.Run(item, path, every == 1 ? null : Sample(item.FileAt(path).Length * 8L, every), cancellation);
            var word = !result.Accepted.IsEmpty ? "FAIL" : every == 1 ? "ok" : "sampled";
            var line = string.Create(CultureInfo.InvariantCulture, $"{word} {result.Id} {result.Path} {result.Bits} bits, {result.Excused} unsigned, {result.Accepted.Length} accepted");
            failed += result.Accepted.IsEmpty ? 0 : 1;
            File.AppendAllLines(log, [line, .. result.Accepted.Take(64).Select(bit => "  " + bit)]);
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{line}, {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"));
        }

        output.Line(failed == 0 ? "no altered bit was accepted" : string.Create(CultureInfo.InvariantCulture, $"{failed} files have bits that may be altered; see {log}"));
        return failed == 0 ? ExitCode.Accepted : ExitCode.Rejected;
    }

    /// <summary>Every so many bits, and all of the first and last bytes: a look at a file before the hours that all its bits take.</summary>
    static IEnumerable<long> Sample(long count, int every)
    {
        for (long bit = 0; bit < count; bit++)
        {
            if (bit % every == 0 || bit < Ends || bit >= count - Ends)
            {
                yield return bit;
            }
        }
    }
}
