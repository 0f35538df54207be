using Amnion.Bench.Deployed;
using Amnion.Bench.Plain;
using Amnion.Models.Gguf;

namespace Amnion.Bench;

/// <summary>The plain engine against the whole sealed path: same model, same prompt, in turns.</summary>
static class AnswerBench
{
    const string Question = "What is attestation?";

    // The demo model goes on with this for as long as it may.
    const string EndlessQuestion = "- - - -";

    const int Slots = 16;

    // The engine's threads go on spinning for a while after their last batch; the other side must not pay for that.
    static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(400);

    /// <summary>Megabytes: weights and cache apart, what the enclave and its worker may have resident.</summary>
    const double MemoryTarget = 150;

    // 0.65 G parameters in Q8_0, as many bytes per token as memory gives in 60 ms or so; the context is short, its cache is not the subject.
    internal static RandomModelShape LargeModel { get; } = new()
    {
        Layers = 24,
        Embedding = 1536,
        Heads = 24,
        KeyValueHeads = 8,
        FeedForward = 4096,
        Vocabulary = 16384,
        ContextLength = 256,
        Type = GgufTensorType.Q8_0,
    };

    public static async Task MemoryBoundAsync(Report report, BenchOptions options)
    {
        using var folder = new ScratchFolder();
        var model = Path.Combine(folder.Path, "random.gguf");
        await using (var file = File.Create(model))
        {
            RandomModel.Write(file, LargeModel);
        }

        var bytes = new FileInfo(model).Length;
        report.Say("model", $"random weights, {bytes / 1e6:0} MB, Q8_0");
        await using var deployment = await Deployment.StartAsync(options.Root, model, folder.Path).ConfigureAwait(false);
        report.Say("amnion up, sealing included", $"{deployment.Start.TotalSeconds:0.0} s");
        using var plain = await PlainProcess.StartAsync(model, options.Engine, Slots, LargeModel.ContextLength).ConfigureAwait(false);
        using var caller = new SealedCaller(deployment);

        const int Long = 160;
        const int Tokens = 48;
        var alone = await CompareAsync(plain, caller, options.Rounds, 1, 1, Question, Long).ConfigureAwait(false);
        report.Say("one caller, plain and sealed", $"{Rate(alone.Plain):0.00} and {Rate(alone.Sealed):0.00} tokens/s");
        report.AtLeast("one caller, tokens/s, sealed / plain", alone.Ratio, 0.99);
        report.Say("processor time per token by role, one caller", string.Join(", ", alone.Sealed[^1].Cpu.Keys.Select(role => $"{role} {Figures.Of(alone.Sealed.Select(run => Micros(run, role))).Median:0} us")));

        var together = await CompareAsync(plain, caller, options.Rounds, Slots, 1, Question, Tokens).ConfigureAwait(false);
        report.Say("16 callers, plain and sealed", $"{Rate(together.Plain):0.0} and {Rate(together.Sealed):0.0} tokens/s");
        var scaling = Figures.Of(together.Plain.Zip(alone.Plain, (many, one) => Rate(many) / Rate(one)));
        report.Say("16 callers / one, plain", $"{scaling.Median:0.00}");
        report.AtLeast("16 callers / one, sealed as part of plain", Figures.Of(Enumerable.Range(0, options.Rounds).Select(i => Rate(together.Sealed[i]) / Rate(alone.Sealed[i]) / (Rate(together.Plain[i]) / Rate(alone.Plain[i])))), 0.92);
        Memory(report, deployment, bytes);
    }

    public static async Task DemoAsync(Report report, BenchOptions options)
    {
        using var folder = new ScratchFolder();
        var model = Path.Combine(options.Root, "samples", "demo-model", "clinic-demo.gguf");
        await using var deployment = await Deployment.StartAsync(options.Root, model, folder.Path).ConfigureAwait(false);
        using var plain = await PlainProcess.StartAsync(model, options.Engine, Slots, TrainedContext(model)).ConfigureAwait(false);
        using var caller = new SealedCaller(deployment);

        // Both are run in until the just-in-time compiler is done with them.
        const int RunIn = 20;
        _ = await caller.RunAsync(Slots, RunIn, Question, 256).ConfigureAwait(false);
        _ = await plain.RunAsync(Slots, RunIn, Question, 256).ConfigureAwait(false);
        var first = new Figures();
        for (var i = 0; i < 10 * options.Rounds; i++)
        {
            await Task.Delay(s_settle).ConfigureAwait(false);
            var bare = await plain.RunAsync(1, 1, Question, 1).ConfigureAwait(false);
            await Task.Delay(s_settle).ConfigureAwait(false);
            var whole = await caller.RunAsync(1, 1, Question, 1).ConfigureAwait(false);
            first.Add((whole.First - bare.First).TotalMilliseconds);
        }

        report.AtMost("time to first token, sealed - plain", first, 3, " ms");

        const int Requests = 200;
        var requests = await caller.RunAsync(1, Requests, Question, 1).ConfigureAwait(false);
        report.Say("one request of one token, time and processor time by role", $"{requests.Elapsed.TotalMilliseconds / Requests:0.00} ms; {string.Join(", ", requests.Cpu.Select(role => $"{role.Key} {role.Value.TotalMilliseconds / Requests:0.00}"))}");

        const int Repeats = 12;
        var brief = await CompareAsync(plain, caller, options.Rounds, Slots, Repeats, Question, 256).ConfigureAwait(false);
        report.Say("16 callers, answers of 83 tokens, plain and sealed", $"{Rate(brief.Plain):0} and {Rate(brief.Sealed):0} tokens/s, ratio {brief.Ratio.Median:0.00}");

        const int Endless = 900;
        var together = await CompareAsync(plain, caller, options.Rounds, Slots, 2, EndlessQuestion, Endless).ConfigureAwait(false);
        report.Say($"16 callers, answers of {Endless} tokens, plain and sealed", $"{Rate(together.Plain):0} and {Rate(together.Sealed):0} tokens/s");
        report.AtLeast("16 callers, tokens/s, sealed / plain", together.Ratio, 0.95);
        report.Say("tokens per piece that the caller reads", $"{together.Sealed.Average(run => (double)run.Tokens / run.Pieces):0.0}");
        string[] hops = ["enclave", "relay", "proxy"];
        foreach (var role in hops.Append("caller"))
        {
            report.Say($"processor time per token, {role}", $"{Figures.Of(together.Sealed.Select(run => Micros(run, role))).Median:0.0} us");
        }

        report.Say("processor time per token, worker, and the plain engine's", $"{Figures.Of(together.Sealed.Select(run => Micros(run, "workers"))).Median:0.0} us, {Figures.Of(together.Plain.Select(run => run.Cpu.TotalMicroseconds / run.Tokens)).Median:0.0} us");
        report.AtMost("processor time per token, enclave, relay and proxy", Figures.Of(together.Sealed.Select(run => hops.Sum(role => Micros(run, role)))), 50, " us");
    }

    static async Task<(List<PlainResult> Plain, List<SealedResult> Sealed, Figures Ratio)> CompareAsync(PlainProcess plain, SealedCaller caller, int rounds, int streams, int repeats, string question, int maxTokens)
    {
        var bare = new List<PlainResult>();
        var whole = new List<SealedResult>();
        for (var round = 0; round <= rounds; round++)
        {
            // In turns, and the one that goes first changes, so that a machine that slows down slows both.
            foreach (var bareNow in (bool[])[round % 2 == 0, round % 2 != 0])
            {
                await Task.Delay(s_settle).ConfigureAwait(false);
                if (bareNow)
                {
                    bare.Add(await plain.RunAsync(streams, repeats, question, maxTokens).ConfigureAwait(false));
                }
                else
                {
                    whole.Add(await caller.RunAsync(streams, repeats, question, maxTokens).ConfigureAwait(false));
                }
            }
        }

        // The first of each ran in.
        bare.RemoveAt(0);
        whole.RemoveAt(0);
        return bare.Zip(whole).All(pair => pair.First.Tokens == pair.Second.Tokens)
            ? (bare, whole, Figures.Of(bare.Zip(whole, (one, other) => Rate(other) / Rate(one))))
            : throw new BenchException("the two paths generated different numbers of tokens; they cannot be compared");
    }

    static void Memory(Report report, Deployment deployment, long weights)
    {
        // Keys and values in F16, for every layer, cell and key-value head.
        var cache = 2L * 2 * LargeModel.Layers * LargeModel.ContextLength * Slots * (LargeModel.Embedding / LargeModel.Heads * LargeModel.KeyValueHeads);
        var processes = deployment.Processes();
        var (enclave, enclaveShared) = ProcessTable.Resident(processes["enclave"][0]);
        var (worker, workerShared) = ProcessTable.Resident(processes["workers"][0]);
        report.Say("weights, key-value cache", $"{weights / 1e6:0} MB, {cache / 1e6:0} MB");
        report.Say("resident: enclave, worker, their shared weights", $"{enclave / 1e6:0} MB, {worker / 1e6:0} MB, {Math.Max(enclaveShared, workerShared) / 1e6:0} MB");
        foreach (var spare in processes["workers"].Skip(1))
        {
            report.Say("resident: the spare worker, beside the shared weights", $"{ProcessTable.Resident(spare).Own / 1e6:0} MB");
        }

        report.AtMost("resident beyond weights and cache, enclave and worker", Figures.Of((enclave + worker + Math.Max(enclaveShared, workerShared) - weights - cache) / 1e6), MemoryTarget, " MB");
    }

    static int TrainedContext(string model)
    {
        using var stream = File.OpenRead(model);
        return Math.Min(GgufFile.Read(stream, stream.Length).Hyperparameters.ContextLength, 4096);
    }

    static double Micros(SealedResult run, string role) => run.Cpu[role].TotalMicroseconds / run.Tokens;

    static double Rate(PlainResult run) => run.Tokens / run.Elapsed.TotalSeconds;

    static double Rate(SealedResult run) => run.Tokens / run.Elapsed.TotalSeconds;

    static double Rate(IEnumerable<PlainResult> runs) => Figures.Of(runs.Select(Rate)).Median;

    static double Rate(IEnumerable<SealedResult> runs) => Figures.Of(runs.Select(Rate)).Median;
}
