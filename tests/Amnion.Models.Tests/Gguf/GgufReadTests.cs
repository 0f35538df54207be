using Amnion.Models.Gguf;

namespace Amnion.Models.Tests.Gguf;

public class GgufReadTests
{
    [Theory]
    [InlineData("llama", GgufTensorType.F16)]
    [InlineData("llama", GgufTensorType.F32)]
    [InlineData("qwen2", GgufTensorType.Q8_0)]
    [InlineData("qwen3", GgufTensorType.Q4_0)]
    [InlineData("gemma3", GgufTensorType.Q8_0)]
    public void Random_model_reads_back(string architecture, GgufTensorType type)
    {
        var shape = new RandomModelShape
        {
            Architecture = GgufArchitecture.All.Single(known => known.Name == architecture),
            Layers = 3,
            Embedding = 64,
            Heads = 4,
            KeyValueHeads = 2,
            FeedForward = 96,
            Vocabulary = 300,
            ContextLength = 512,
            Type = type,
            Seed = 7,
        };
        var bytes = TestModels.Bytes(shape);
        var model = TestModels.Read(bytes);
        Assert.Equal(architecture, model.Architecture.Name);
        Assert.Equal(512, model.ContextLength);
        Assert.Equal(300, model.VocabularySize);
        Assert.Equal(
            new GgufHyperparameters { Layers = 3, Embedding = 64, Heads = 4, KeyValueHeads = 2, HeadSize = 16, FeedForward = 96, ContextLength = 512 },
            model.Hyperparameters);
        Assert.Equal(0, model.TensorDataOffset % 32);
        Assert.Equal(bytes.Length, model.FileLength);
        Assert.Equal(264, model.Tokenizer.BeginId);
        Assert.Equal(266, model.Tokenizer.EndId);
        Assert.True(model.Tokenizer.IsControl("<|im_start|>"));
        Assert.False(model.Tokenizer.IsControl("he"));
        Assert.Equal((int?)265, model.Tokenizer.Find("<|im_start|>"));
        Assert.Null(model.Tokenizer.Find("<|nothing|>"));
        Assert.Contains("<|im_start|>", model.ChatTemplateText, StringComparison.Ordinal);
        Assert.Equal("random", model.Name);
        var embedding = model.Tensors[0];
        Assert.Equal(("token_embd.weight", type), (embedding.Name, embedding.Type));
        Assert.Equal([64L, 300L], embedding.Dimensions);
        Assert.Equal(model.Tensors.Sum(tensor => tensor.Elements), model.Parameters);
    }

    [Fact]
    public void The_same_seed_gives_the_same_file_and_another_seed_another()
    {
        Assert.Equal(TestModels.Bytes(), TestModels.Bytes());
        Assert.NotEqual(TestModels.Bytes(), TestModels.Bytes(TestModels.Tiny with { Seed = 2 }));
    }

    [Fact]
    public void Random_half_floats_are_finite_and_of_the_intended_spread()
    {
        var bytes = TestModels.Bytes(new RandomModelShape { Layers = 1, Embedding = 256, Heads = 4, KeyValueHeads = 4, FeedForward = 256 });
        var model = TestModels.Read(bytes);
        var tensor = model.Tensors.Single(t => t.Name == "blk.0.ffn_up.weight");
        var weights = Enumerable.Range(0, (int)tensor.Elements)
            .Select(i => (double)BitConverter.ToHalf(bytes, (int)(model.TensorDataOffset + tensor.Offset) + (2 * i))).ToList();
        var spread = Math.Sqrt(weights.Average(w => w * w)) * 16;
        Assert.InRange(spread, 0.5, 2);
        Assert.InRange(weights.Average(), -0.01, 0.01);
    }

    [Fact]
    public void A_whole_file_may_leave_out_the_last_padding()
    {
        // The last tensor, 33 × 36 halves, is no multiple of 32 bytes.
        var bytes = TestModels.Bytes(TestModels.Tiny with { Embedding = 36, FeedForward = 33 });
        var model = TestModels.Read(bytes);
        var last = model.Tensors[^1];
        var end = model.TensorDataOffset + last.Offset + last.Length;
        Assert.NotEqual(end, bytes.Length);
        Assert.Equal(end, TestModels.Read(bytes[..(int)end]).FileLength);
    }

    [Fact]
    public void Reading_stops_at_the_tensor_data()
    {
        var bytes = TestModels.Bytes(new RandomModelShape { Layers = 4, Embedding = 128, FeedForward = 512 });
        using var stream = new MemoryStream(bytes);
        var model = GgufFile.Read(stream, bytes.Length);
        Assert.InRange(stream.Position, model.TensorDataOffset - 31, model.TensorDataOffset + (64 << 10));
    }

    [Fact]
    public void Labels_and_unread_keys_are_let_through()
    {
        var raw = RawGguf.Of()
            .Set("general.license", "apache-2.0")
            .Set("general.tags", ["a", "b"])
            .Set("quantize.imatrix.entries_count", 2, BitConverter.GetBytes((ushort)1))
            .Set("split.count", 2, BitConverter.GetBytes((ushort)0))
            .Set("general.alignment", 32u)
            .Set("llama.expert_count", 0u)
            .Set("llama.rope.scaling.type", "yarn")
            .Set("llama.rope.scaling.factor", 4f)
            .Set("other.unsigned", 10, BitConverter.GetBytes(ulong.MaxValue))
            .Set("other.signed", 11, BitConverter.GetBytes(long.MinValue))
            .Set("other.double", 12, BitConverter.GetBytes(0.5))
            .Set("other.small", 1, [0xFF])
            .Set("other.short", 3, BitConverter.GetBytes((short)-1))
            .Set("other.bytes", 9, [.. BitConverter.GetBytes(0u), .. BitConverter.GetBytes(2UL), 1, 2])
            .Set("other.flags", 9, [.. BitConverter.GetBytes(7u), .. BitConverter.GetBytes(2UL), 1, 0]);
        var model = TestModels.Read(raw.ToBytes());
        Assert.Equal(["a", "b"], model.Metadata.FindStrings("general.tags"));
        Assert.Equal(GgufValueType.UInt64, model.Metadata.TypeOf("other.unsigned"));
        Assert.Null(model.Metadata.TypeOf("other.absent"));
    }

    [Fact]
    public void SentencePiece_vocabulary_is_read()
    {
        var model = TestModels.Read(SentencePiece().ToBytes());
        Assert.Equal("llama", model.Tokenizer.Model);
        Assert.Equal((int)GgufTokenType.Byte, model.Tokenizer.Types[3]);
    }

    internal static RawGguf SentencePiece()
    {
        string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), .. Enumerable.Range(259, 21).Select(i => $"▁w{i}")];
        int[] types = [2, 3, 3, .. Enumerable.Repeat(6, 256), .. Enumerable.Repeat(1, 21)];
        return RawGguf.Of()
            .Set("tokenizer.ggml.model", "llama")
            .Set("tokenizer.ggml.tokens", tokens)
            .Set("tokenizer.ggml.token_type", types)
            .Set("tokenizer.ggml.scores", new float[280])
            .Set("tokenizer.ggml.bos_token_id", 1u)
            .Set("tokenizer.ggml.eos_token_id", 2u)
            .Set("tokenizer.ggml.add_bos_token", true)
            .Remove("tokenizer.ggml.merges")
            .Remove("tokenizer.ggml.pre");
    }
}
