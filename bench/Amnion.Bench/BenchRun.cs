namespace Amnion.Bench;

/// <summary>Runs the parts and prints a line for each figure, with what was aimed for.</summary>
static class BenchRun
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        Console.WriteLine($"processors {Environment.ProcessorCount}, rounds {options.Rounds}; figures are medians, ratios are taken pair by pair");
        var report = new Report();
        foreach (var part in options.Parts)
        {
            Console.WriteLine();
            Console.WriteLine(part);
            switch (part)
            {
                case "verify":
                    VerifyBench.Run(report, options);
                    break;
                case "unseal":
                    UnsealBench.Run(report, options);
                    break;
                case "load":
                    await LoadBench.RunAsync(report, options).ConfigureAwait(false);
                    break;
                case "memory-bound":
                    await AnswerBench.MemoryBoundAsync(report, options).ConfigureAwait(false);
                    break;
                default:
                    await AnswerBench.DemoAsync(report, options).ConfigureAwait(false);
                    break;
            }
        }

        Console.WriteLine();
        Console.WriteLine(report.Missed == 0 ? "every target was reached" : $"{report.Missed} target(s) were not reached");
        return 0;
    }
}
