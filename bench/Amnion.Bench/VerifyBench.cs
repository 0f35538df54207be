using System.Diagnostics;
using System.Globalization;
using Amnion.Attestation;

namespace Amnion.Bench;

/// <summary>
/// Whole appraisals of published Evidence, chains cached, against the signature verifications that no cache can save: those over the Evidence
/// itself. Both with the same library, in the same run.
/// </summary>
static class VerifyBench
{
    const double Target = 1.3;
    static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(400);

    /// <summary>Until the runtime has compiled the path for good, which takes some thousand calls.</summary>
    static readonly TimeSpan s_warming = TimeSpan.FromSeconds(4);

    public static void Run(Report report, BenchOptions options)
    {
        var shared = Environment.GetEnvironmentVariable("AMNION_SHARED") ?? Path.Combine(options.Root, "..", "shared");
        var folder = Path.Combine(shared, "vectors", "attestation");
        if (!File.Exists(Path.Combine(folder, "MANIFEST.json")))
        {
            report.Say("verify", "skipped: no published Evidence; set AMNION_SHARED");
            return;
        }

        foreach (var sample in VerifySamples.Read(folder))
        {
            Measure(report, options, sample);
        }
    }

    static void Measure(Report report, BenchOptions options, VerifySample sample)
    {
        var first = sample.Appraise();
        if (!first.Accepted)
        {
            throw new BenchException($"{sample.Name} is refused: {string.Join(", ", first.Failures.Select(check => check.Code))}");
        }

        using var floor = new SignatureFloor(sample.Signatures);
        _ = Time(() => _ = sample.Appraise(), s_warming);
        var ratio = new Figures();
        var alone = new Figures();
        var together = new Figures();
        for (var round = 0; round < options.Rounds; round++)
        {
            var before = Time(floor.Verify);
            alone.Add(Time(() => _ = sample.Appraise()));
            ratio.Add(alone.Last(1) / ((before + Time(floor.Verify)) / 2));
            together.Add(Batch(sample));
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        _ = sample.Appraise();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        report.Say($"{sample.Name}: appraisals per second, one core; batch on {Environment.ProcessorCount}", string.Create(CultureInfo.InvariantCulture, $"{1 / alone.Median:0}; {together.Median:0}"));
        report.Say($"{sample.Name}: allocated per appraisal", string.Create(CultureInfo.InvariantCulture, $"{allocated / 1024.0:0} KiB"));
        report.AtMost($"{sample.Name}: appraisal / {sample.Signatures.Length} bare signature check(s)", ratio, Target, string.Empty);
    }

    static double Batch(VerifySample sample)
    {
        var requests = Enumerable.Repeat(sample.Request, 64).ToList();
        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < s_slice)
        {
            count += EvidenceAppraiser.AppraiseAll(requests).Count(result => result.Accepted);
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Seconds of one call, over a slice of time.</summary>
    static double Time(Action action, TimeSpan? slice = null)
    {
        action();
        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < (slice ?? s_slice))
        {
            action();
            count++;
        }

        return watch.Elapsed.TotalSeconds / count;
    }
}
