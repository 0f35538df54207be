using Amnion.Models.Gguf;

namespace Amnion.Models.Tests;

static class TestModels
{
    public static RandomModelShape Tiny { get; } = new() { Layers = 1, Embedding = 32, Heads = 2, KeyValueHeads = 1, FeedForward = 32, Vocabulary = 280, ContextLength = 128 };

    public static byte[] Bytes(RandomModelShape? shape = null)
    {
        using var stream = new MemoryStream();
        RandomModel.Write(stream, shape ?? Tiny);
        return stream.ToArray();
    }

    public static GgufModel Read(byte[] bytes) => GgufFile.Read(new MemoryStream(bytes), bytes.Length);

    /// <summary>True in the nightly run, where samples of bits are large.</summary>
    public static bool Exhaustive { get; } = Environment.GetEnvironmentVariable("AMNION_EXHAUSTIVE") == "1";

    public static int FuzzIterations(int normally) => int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var raised) ? raised : normally;
}
