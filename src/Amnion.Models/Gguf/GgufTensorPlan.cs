using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Models.Gguf;

/// <summary>The tensors of an architecture with their shapes (llama.cpp v0.5.0, load_arch_tensors of each model).</summary>
sealed class GgufTensorPlan
{
    readonly List<Entry> _entries = [];

    /// <summary>The tensors of a model of these dimensions.</summary>
    public GgufTensorPlan(GgufArchitecture architecture, GgufHyperparameters h, int vocabulary)
    {
        Architecture = architecture;
        AddModel(architecture, h, vocabulary);
        for (var layer = 0; layer < h.Layers; layer++)
        {
            AddLayer(architecture, h, string.Create(CultureInfo.InvariantCulture, $"blk.{layer}."));
        }
    }

    public GgufArchitecture Architecture { get; }

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Checks that exactly these tensors are present, each with its shape; vectors must be plain floats.</summary>
    public void Check(ImmutableArray<GgufTensor> tensors, long offset)
    {
        var expected = _entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (!expected.Remove(tensor.Name, out var entry))
            {
                throw new GgufFormatException(ModelCodes.GgufTensorUnexpected, offset, tensor.Name, $"is not a tensor of architecture \"{Architecture}\"");
            }

            if (!tensor.Dimensions.AsSpan().SequenceEqual(entry.Dimensions))
            {
                throw new GgufFormatException(
                    ModelCodes.GgufTensorMismatch, offset, tensor.Name, $"has shape {string.Join('×', tensor.Dimensions)}; expected {string.Join('×', entry.Dimensions)}");
            }

            // The engine computes norms and biases in 32-bit floats and asserts that they are.
            if (entry.IsVector && tensor.Type != GgufTensorType.F32)
            {
                throw new GgufFormatException(ModelCodes.GgufTensorMismatch, offset, tensor.Name, $"has type {tensor.Type}; expected {GgufTensorType.F32}");
            }
        }

        if (expected.Values.FirstOrDefault(entry => entry.Required) is { Name: not null } missing)
        {
            throw new GgufFormatException(ModelCodes.GgufTensorMissing, offset, missing.Name, "is missing");
        }
    }

    void AddModel(GgufArchitecture architecture, GgufHyperparameters h, int vocabulary)
    {
        Add("token_embd.weight", h.Embedding, vocabulary);
        Add("output_norm.weight", h.Embedding);
        AddOptional("output.weight", h.Embedding, vocabulary);
        if (architecture.HasRopeFactors)
        {
            AddOptional("rope_freqs.weight", h.HeadSize / 2);
        }
    }

    void AddLayer(GgufArchitecture architecture, GgufHyperparameters h, string layer)
    {
        long queries = (long)h.Heads * h.HeadSize, keys = (long)h.KeyValueHeads * h.HeadSize;
        Add(layer + "attn_norm.weight", h.Embedding);
        Add(layer + "attn_q.weight", h.Embedding, queries);
        Add(layer + "attn_k.weight", h.Embedding, keys);
        Add(layer + "attn_v.weight", h.Embedding, keys);
        AddOptional(layer + "attn_q.bias", queries);
        AddOptional(layer + "attn_k.bias", keys);
        AddOptional(layer + "attn_v.bias", keys);
        Add(layer + "attn_output.weight", queries, h.Embedding);
        Add(layer + "ffn_norm.weight", h.Embedding);
        Add(layer + "ffn_gate.weight", h.Embedding, h.FeedForward);
        Add(layer + "ffn_up.weight", h.Embedding, h.FeedForward);
        Add(layer + "ffn_down.weight", h.FeedForward, h.Embedding);
        if (architecture.HasHeadNorms)
        {
            Add(layer + "attn_q_norm.weight", h.HeadSize);
            Add(layer + "attn_k_norm.weight", h.HeadSize);
        }

        if (architecture.HasPostNorms)
        {
            Add(layer + "post_attention_norm.weight", h.Embedding);
            Add(layer + "post_ffw_norm.weight", h.Embedding);
        }

        if (architecture.HasOutputBias)
        {
            AddOptional(layer + "attn_output.bias", h.Embedding);
            AddOptional(layer + "ffn_gate.bias", h.FeedForward);
            AddOptional(layer + "ffn_up.bias", h.FeedForward);
            AddOptional(layer + "ffn_down.bias", h.Embedding);
        }
    }

    void Add(string name, params long[] dimensions) => _entries.Add(new Entry(name, dimensions, true));

    void AddOptional(string name, params long[] dimensions) => _entries.Add(new Entry(name, dimensions, false));

    public readonly record struct Entry(string Name, long[] Dimensions, bool Required)
    {
        public bool IsVector => Dimensions.Length == 1;
    }
}
