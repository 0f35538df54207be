using System.Diagnostics;
using Amnion.Inference.Native;
using Amnion.Inference.Worker;

namespace Amnion.Inference.WorkerHost;

/// <summary>Tokens per second and processor time per token, the engine alone against the worker and its socket.</summary>
static class Measurement
{
    const int Tokens = 200;
    const int Rounds = 10;
    const string Prompt = "What is attestation and why does it matter";

    public static async Task<int> RunAsync(string modelPath, string engine)
    {
        using var weights = Read(modelPath);
        foreach (var streams in new[] { 1, 16 })
        {
            var plain = Plain(weights, engine, streams);
            var (wall, cpu) = await ThroughWorkerAsync(weights, engine, streams, plain.Ends);
            Console.WriteLine($"streams {streams,2}: engine alone {plain.Wall:F0} tok/s, {plain.Cpu:F1} us CPU/token; " +
                $"worker {wall:F0} tok/s, {cpu:F1} us CPU/token; overhead {cpu - plain.Cpu:F1} us CPU/token");
        }

        return 0;
    }

    static WeightsMemory Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var weights = WeightsMemory.Create(bytes.Length);
        bytes.CopyTo(weights.Window(0, bytes.Length));
        weights.Seal();
        return weights;
    }

    /// <summary>The shortest loop over the binding: decode, greedy choice, next.</summary>
    static unsafe (double Wall, double Cpu, LogitBias[] Ends) Plain(WeightsMemory weights, string engine, int streams)
    {
        Environment.SetEnvironmentVariable("GGML_NO_BACKTRACE", "1");
        _ = EngineLibraries.Load(engine);
        using var descriptor = weights.OpenForWorker();
        using var model = LlamaModel.Load(descriptor.Value);
        descriptor.SetHandleAsInvalid();
        using var context = LlamaContext.ForText(model, 8192, 512, 16, 512, 1);
        using var candidates = new Candidates(model.Vocabulary);
        using var batch = new NativeBatch(512);
        using var prompt = new TokenList();
        model.Vocabulary.Tokenize(System.Text.Encoding.UTF8.GetBytes(Prompt), false, prompt);
        var sampler = Llama.CreateSamplerChain(new SamplerChainParams { NoPerformance = 1 });
        Llama.AddSampler(sampler, Llama.CreateGreedy());

        var best = (Wall: 0.0, Cpu: double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var next = new int[streams];
            var wall = Stopwatch.StartNew();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            for (var step = 0; step < Tokens; step++)
            {
                batch.Clear();
                for (var s = 0; s < streams; s++)
                {
                    if (step == 0)
                    {
                        for (var i = 0; i < prompt.Count; i++)
                        {
                            next[s] = batch.Add(prompt[i], i, s, i == prompt.Count - 1);
                        }
                    }
                    else
                    {
                        next[s] = batch.Add(next[s], prompt.Count + step - 1, s, true);
                    }
                }

                if (context.Decode(batch.Value) != 0)
                {
                    throw new InvalidOperationException("decode failed");
                }

                for (var s = 0; s < streams; s++)
                {
                    var array = candidates.Fill(context.GetLogits(next[s]));
                    Llama.ApplySampler(sampler, &array);
                    next[s] = array.Data[array.Selected].Id;
                }
            }

            var total = Tokens * streams;
            best = (Math.Max(best.Wall, total / wall.Elapsed.TotalSeconds),
                Math.Min(best.Cpu, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / total));
            context.Wipe();
        }

        // Banned in the worker's run, so that every stream is as long as here.
        var ends = Enumerable.Range(0, model.Vocabulary.Size).Where(model.Vocabulary.EndsGeneration).Select(t => new LogitBias(t, float.NegativeInfinity));
        return (best.Wall, best.Cpu, [.. ends]);
    }

    static async Task<(double Wall, double Cpu)> ThroughWorkerAsync(WeightsMemory weights, string engine, int streams, LogitBias[] ends)
    {
        var options = new WorkerOptions { EngineDirectory = engine, ContextTokens = 8192, SequenceTokens = 512, Threads = 1 };
        var start = Stopwatch.StartNew();
        await using var pool = await WorkerPool.StartAsync(new WorkerPoolOptions { Worker = options, KeepSpare = false }, weights, TimeProvider.System, CancellationToken.None);
        Console.WriteLine($"worker ready after {start.ElapsedMilliseconds} ms");
        var tenant = pool.ForTenant("measure");
        var request = new GenerationRequest { Prompt = [new PromptPiece(Prompt, false)], MaxTokens = Tokens, Sampling = new SamplingOptions { LogitBiases = [.. ends] } };
        var best = (Wall: 0.0, Cpu: double.MaxValue);
        for (var round = 0; round < Rounds + 2; round++)
        {
            var worker = Process.GetProcessById(pool.WorkerProcessIds[0]);
            var wall = Stopwatch.StartNew();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime + worker.TotalProcessorTime;
            var counts = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => CountAsync(tenant, request)));
            worker.Refresh();
            var total = counts.Sum();
            var spent = Process.GetCurrentProcess().TotalProcessorTime + worker.TotalProcessorTime - cpu;
            best = (Math.Max(best.Wall, total / wall.Elapsed.TotalSeconds), Math.Min(best.Cpu, spent.TotalMicroseconds / total));
        }

        var status = File.ReadLines($"/proc/{pool.WorkerProcessIds[0]}/status").Where(l => l.StartsWith("Rss", StringComparison.Ordinal) || l.StartsWith("Threads", StringComparison.Ordinal));
        Console.WriteLine("worker " + string.Join(", ", status.Select(l => l.Replace("\t", " ", StringComparison.Ordinal))));
        return best;
    }

    static async Task<int> CountAsync(LlamaWorkerEngine engine, GenerationRequest request)
    {
        await foreach (var next in engine.GenerateAsync(request, CancellationToken.None))
        {
            if (next is GenerationEvent.Completed completed)
            {
                return completed.CompletionTokens;
            }

            if (next is GenerationEvent.Failed failed)
            {
                throw new InvalidOperationException(failed.Code);
            }
        }

        return 0;
    }
}
