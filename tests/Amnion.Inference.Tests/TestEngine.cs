using Amnion.Inference.Native;
using Amnion.Models.Gguf;
using Amnion.Testing;

namespace Amnion.Inference.Tests;

/// <summary>Where the tests find the engine, the worker's program and models.</summary>
static class TestEngine
{
    static readonly Dictionary<RandomModelShape, WeightsMemory> Models = [];
    static WeightsMemory? demo;
    static LlamaModel? model;

    public static string Directory
    {
        get
        {
            var directory = Path.Combine(SharedData.Repository, "artifacts", "engine", "lib");
            Assert.True(File.Exists(Path.Combine(directory, "libllama.v0.5.0.so")), "The engine's libraries are absent; run eng/engine/fetch.sh once (./test does).");
            return directory;
        }
    }

    public static string HostProgram
    {
        get
        {
            var program = Path.Combine(AppContext.BaseDirectory, "Amnion.Inference.WorkerHost");
            Assert.True(File.Exists(program), $"The worker's program is absent: {program}.");
            return program;
        }
    }

    /// <summary>A model with random weights and full precision: its greedy answers do not depend on the batch.</summary>
    public static WeightsMemory Random { get; } = Weights(new RandomModelShape { Type = GgufTensorType.F32 });

    /// <summary>The trained toy model: fluent, and it ends its answers.</summary>
    public static WeightsMemory Demo => demo ??= Seal(File.ReadAllBytes(Path.Combine(SharedData.Repository, "samples", "demo-model", "clinic-demo.gguf")));

    /// <summary>The random model loaded into the test's own process, for its tokenizer and grammars.</summary>
    public static LlamaModel InProcess
    {
        get
        {
            if (model is null)
            {
                Environment.SetEnvironmentVariable("GGML_NO_BACKTRACE", "1");
                _ = EngineLibraries.Load(Directory);
                var descriptor = Random.OpenForWorker();
                model = LlamaModel.Load(descriptor.Value);
                descriptor.SetHandleAsInvalid();
            }

            return model;
        }
    }

    public static WorkerOptions Options => new()
    {
        Program = HostProgram,
        EngineDirectory = Directory,
        ContextTokens = 4096,
        SequenceTokens = 1024,
        MaxSequences = 8,
        BatchTokens = 64,
        EmbeddingTokens = 64,
        Threads = 1,
    };

    public static WeightsMemory Weights(RandomModelShape shape)
    {
        lock (Models)
        {
            if (!Models.TryGetValue(shape, out var weights))
            {
                using var stream = new MemoryStream();
                RandomModel.Write(stream, shape);
                Models[shape] = weights = Seal(stream.ToArray());
            }

            return weights;
        }
    }

    public static WeightsMemory Seal(byte[] bytes)
    {
        var weights = WeightsMemory.Create(bytes.Length);
        bytes.CopyTo(weights.Window(0, bytes.Length));
        weights.Seal();
        return weights;
    }

    public static Task<WorkerPool> StartAsync(WorkerOptions? options = null, WeightsMemory? weights = null, WorkerPoolOptions? pool = null) =>
        WorkerPool.StartAsync(
            (pool ?? new WorkerPoolOptions { Worker = Options, KeepSpare = false }) with { Worker = options ?? Options },
            weights ?? Random,
            TimeProvider.System,
            TestContext.Current.CancellationToken);

    public static GenerationRequest Request(string text, int maxTokens = 24) =>
        new() { Prompt = [new PromptPiece(text, false)], MaxTokens = maxTokens };

    /// <summary>A question to the demo model in its chat template, ChatML.</summary>
    public static GenerationRequest Question(string text, int maxTokens = 60) => new()
    {
        Prompt =
        [
            new PromptPiece("<|im_start|>", true), new PromptPiece("user\n" + text, false), new PromptPiece("<|im_end|>", true), new PromptPiece("\n", false),
            new PromptPiece("<|im_start|>", true), new PromptPiece("assistant\n", false),
        ],
        MaxTokens = maxTokens,
    };
}
