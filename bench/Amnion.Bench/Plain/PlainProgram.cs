using System.Globalization;
using System.Text.Json;
using Amnion.Inference;
using Amnion.Inference.Native;

namespace Amnion.Bench.Plain;

/// <summary>
/// The plain engine in a process of its own, as the worker is: reads one request a line, "streams repeats tokens question", and
/// answers each with one line.
/// </summary>
static class PlainProgram
{
    public const string Name = "plain-engine";

    public static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    public static int Run(string modelFile, string engineDirectory, int sequences, int sequenceTokens, int threads)
    {
        _ = EngineLibraries.Load(engineDirectory);
        using var weights = Read(modelFile);
        using var descriptor = weights.OpenForWorker();
        var model = LlamaModel.Load(descriptor.Value);
        var batchTokens = new WorkerOptions().BatchTokens;
        using var engine = new PlainEngine(model, LlamaContext.ForText(model, sequenceTokens * sequences, sequenceTokens, sequences, batchTokens, threads), sequences, batchTokens);
        Console.WriteLine("ready");
        while (Console.ReadLine()?.Split(' ', 4) is [var streams, var repeats, var tokens, var question])
        {
            Console.WriteLine(JsonSerializer.Serialize(engine.Run(Number(streams), Number(repeats), question, Number(tokens))));
        }

        return 0;
    }

    static WeightsMemory Read(string file)
    {
        using var stream = File.OpenRead(file);
        var weights = WeightsMemory.Create(stream.Length);
        const int Window = 1 << 20;
        for (long offset = 0; offset < stream.Length; offset += Window)
        {
            stream.ReadExactly(weights.Window(offset, (int)Math.Min(Window, stream.Length - offset)));
        }

        weights.Seal();
        return weights;
    }
}
