using System.Diagnostics;
using System.Globalization;
using Amnion.Sealing;

namespace Amnion.Bench;

/// <summary>Opening a sealed stream in place against the cipher alone, as `openssl speed` has it.</summary>
static class UnsealBench
{
    // Larger than any cache, as weights are; openssl speed goes over one buffer again and again.
    const int Segments = 96;

    public static void Run(Report report, BenchOptions options)
    {
        foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            var ratio = new Figures();
            var ours = new Figures();
            var theirs = new Figures();
            using var stream = new SealedPieces(Segments * threads);
            for (var round = 0; round < options.Rounds; round++)
            {
                ours.Add(Open(stream, threads));
                theirs.Add(OpenSsl(threads));
                ours.Add(Open(stream, threads));
                ratio.Add((ours.Last(1) + ours.Last(2)) / 2 / theirs.Last(1));
            }

            var on = threads == 1 ? "one core" : $"{threads} cores";
            report.Say($"AES-256-GCM on {on}: sealed stream in place, openssl speed", $"{ours.Median:0.00} and {theirs.Median:0.00} GB/s");
            report.AtLeast($"in place / openssl speed, {on}", ratio, 0.85);
        }
    }

    static double Open(SealedPieces stream, int threads)
    {
        stream.Reset();
        var elapsed = Workers.Run(threads, worker =>
        {
            for (var segment = worker; segment < stream.Count; segment += threads)
            {
                stream.Open(segment);
            }
        });
        return stream.Count * (double)SealedStreamFormat.SegmentLength / elapsed.TotalSeconds / 1e9;
    }

    static double OpenSsl(int threads)
    {
        List<string> arguments = ["speed", "-mr", "-seconds", "1", "-bytes", "1048576", "-decrypt", "-evp", "aes-256-gcm"];
        if (threads > 1)
        {
            arguments.AddRange("-multi", threads.ToString(CultureInfo.InvariantCulture));
        }

        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new BenchException("openssl could not be started; install the package openssl");
        _ = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n');

        // "+F:…:name:bytes per second"
        var line = lines.LastOrDefault(line => line.StartsWith("+F:", StringComparison.Ordinal)) ?? throw new BenchException("openssl speed printed no figure");
        return double.Parse(line.Trim().Split(':')[^1], CultureInfo.InvariantCulture) / 1e9;
    }
}
