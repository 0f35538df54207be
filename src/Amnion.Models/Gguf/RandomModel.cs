using System.Globalization;
using System.Runtime.InteropServices;

namespace Amnion.Models.Gguf;

/// <summary>
/// Writes models of any size with random weights, for tests and benchmarks: they load and run like a real one of the same
/// shape and say nothing sensible. The vocabulary is byte-level BPE with ChatML's control tokens.
/// </summary>
public static class RandomModel
{
    /// <summary>256 bytes, the merges' results and three control tokens.</summary>
    public const int SmallestVocabulary = 256 + 8 + 3;

    const int ChunkBytes = 1 << 20;

    static readonly (string Left, string Right)[] Merges =
        [("Ġ", "t"), ("h", "e"), ("i", "n"), ("r", "e"), ("o", "n"), ("Ġ", "a"), ("e", "r"), ("Ġt", "he")];

    const string Template =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    /// <summary>Writes a whole GGUF file, streaming: memory use does not depend on its size.</summary>
    /// <exception cref="ArgumentException">The shape does not fit its type, or the type cannot be written.</exception>
    public static void Write(Stream stream, RandomModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(shape);
        var (header, tensors) = Describe(shape);
        header.WriteHeader(stream);
        var random = new SplitMix64(shape.Seed);
        var chunk = new byte[ChunkBytes];
        foreach (var entry in tensors)
        {
            WriteTensor(stream, entry, entry.IsVector ? GgufTensorType.F32 : shape.Type, random, chunk);
        }
    }

    /// <summary>The header that <see cref="Write"/> writes, to be altered by tests, and the tensors behind it.</summary>
    internal static (GgufWriter Header, IReadOnlyList<GgufTensorPlan.Entry> Tensors) Describe(RandomModelShape shape)
    {
        var name = shape.Architecture.Name;
        var hyperparameters = new GgufHyperparameters
        {
            Layers = shape.Layers,
            Embedding = shape.Embedding,
            Heads = shape.Heads,
            KeyValueHeads = shape.KeyValueHeads,
            HeadSize = shape.Embedding / shape.Heads,
            FeedForward = shape.FeedForward,
            ContextLength = shape.ContextLength,
        };
        var header = new GgufWriter();
        header.Set("general.architecture", name);
        header.Set("general.type", "model");
        header.Set("general.name", "random");
        header.Set("general.quantization_version", 2u);
        header.Set($"{name}.block_count", (uint)shape.Layers);
        header.Set($"{name}.context_length", (uint)shape.ContextLength);
        header.Set($"{name}.embedding_length", (uint)shape.Embedding);
        header.Set($"{name}.feed_forward_length", (uint)shape.FeedForward);
        header.Set($"{name}.attention.head_count", (uint)shape.Heads);
        header.Set($"{name}.attention.head_count_kv", (uint)shape.KeyValueHeads);
        header.Set($"{name}.attention.layer_norm_rms_epsilon", 1e-5f);
        header.Set($"{name}.rope.dimension_count", (uint)hyperparameters.HeadSize);
        header.Set($"{name}.vocab_size", (uint)shape.Vocabulary);
        SetTokenizer(header, shape.Vocabulary);
        var tensors = new GgufTensorPlan(shape.Architecture, hyperparameters, shape.Vocabulary).Entries.Where(entry => entry.Required).ToList();
        foreach (var entry in tensors)
        {
            header.AddTensor(entry.Name, entry.IsVector ? GgufTensorType.F32 : shape.Type, entry.Dimensions);
        }

        return (header, tensors);
    }

    static void SetTokenizer(GgufWriter header, int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, SmallestVocabulary);
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(ByteCharacter), .. Merges.Select(merge => merge.Left + merge.Right)];
        var control = tokens.Count;
        tokens.AddRange("<|endoftext|>", "<|im_start|>", "<|im_end|>");
        while (tokens.Count < vocabulary)
        {
            tokens.Add(string.Create(CultureInfo.InvariantCulture, $"Ġw{tokens.Count}"));
        }

        header.Set("tokenizer.ggml.model", "gpt2");
        header.Set("tokenizer.ggml.pre", "gpt-2");
        header.Set("tokenizer.ggml.tokens", tokens);
        header.Set("tokenizer.ggml.token_type", tokens
            .Select((_, id) => id >= control && id < control + 3 ? (int)GgufTokenType.Control : (int)GgufTokenType.Normal).ToArray());
        header.Set("tokenizer.ggml.merges", [.. Merges.Select(merge => $"{merge.Left} {merge.Right}")]);
        header.Set("tokenizer.ggml.bos_token_id", (uint)control);
        header.Set("tokenizer.ggml.eos_token_id", (uint)control + 2);
        header.Set("tokenizer.ggml.padding_token_id", (uint)control);
        header.Set("tokenizer.ggml.add_bos_token", false);
        header.Set("tokenizer.chat_template", Template);
    }

    // GPT-2's bytes_to_unicode: printable Latin-1 stands for itself, the other bytes for U+0100 onwards in their order.
    static string ByteCharacter(int value)
    {
        static bool IsPrintable(int b) => b is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
        return IsPrintable(value) ? ((char)value).ToString() : ((char)(256 + Enumerable.Range(0, value).Count(b => !IsPrintable(b)))).ToString();
    }

    static void WriteTensor(Stream stream, GgufTensorPlan.Entry entry, GgufTensorType type, SplitMix64 random, byte[] chunk)
    {
        _ = GgufTensorTypes.TryGetBlock(type, out var blockElements, out var blockBytes);
        var left = entry.Dimensions.Aggregate(1L, (a, b) => a * b) / blockElements * blockBytes;
        var padding = GgufTensorReader.Pad(left) - left;

        // 1224 divides by every block size that can be written, and by 8.
        var step = chunk.Length / 1224 * 1224;
        while (left > 0)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(step, left));
            if (entry.IsVector)
            {
                MemoryMarshal.Cast<byte, float>(part).Fill(1);
            }
            else
            {
                Fill(part, type, entry.Dimensions[0], random);
            }

            stream.Write(part);
            left -= part.Length;
        }

        stream.Write(stackalloc byte[(int)padding]);
    }

    // Weights get a spread of about 1/√inputs, so that activations neither vanish nor overflow.
    static void Fill(Span<byte> part, GgufTensorType type, long inputs, SplitMix64 random)
    {
        random.Fill(part);
        var spread = 1 / Math.Sqrt(inputs);
        var exponent = (int)Math.Round(Math.Log2(spread / 1.5));
        switch (type)
        {
            case GgufTensorType.F32:
                foreach (ref var word in MemoryMarshal.Cast<byte, uint>(part))
                {
                    word = (word & 0x807F_FFFF) | ((uint)(exponent + 127) << 23);
                }

                break;
            case GgufTensorType.F16:
                foreach (ref var word in MemoryMarshal.Cast<byte, ushort>(part))
                {
                    word = (ushort)((word & 0x83FF) | ((exponent + 15) << 10));
                }

                break;
            case GgufTensorType.Q8_0:
                SetScales(part, 34, (Half)(spread / 74));
                break;
            case GgufTensorType.Q4_0:
                SetScales(part, 18, (Half)(spread / 4.6));
                break;
            default:
                throw new ArgumentException($"Random weights of type {type} cannot be written.", nameof(type));
        }
    }

    // Both block layouts start with the scale as a 16-bit float, followed by the quanta.
    static void SetScales(Span<byte> part, int blockBytes, Half scale)
    {
        for (var i = 0; i < part.Length; i += blockBytes)
        {
            MemoryMarshal.Write(part[i..], scale);
        }
    }

    // Vigna's SplitMix64: not for secrets; fast, and the same everywhere.
    sealed class SplitMix64(ulong state)
    {
        public void Fill(Span<byte> destination)
        {
            foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(destination))
            {
                state += 0x9E37_79B9_7F4A_7C15;
                var z = state;
                z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
                z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
                word = z ^ (z >> 31);
            }

            // A tensor's last part need not be a multiple of 8 bytes; a fixed pattern does for its tail.
            destination[(destination.Length & ~7)..].Fill(0x55);
        }
    }
}
