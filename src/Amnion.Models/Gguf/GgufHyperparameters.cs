namespace Amnion.Models.Gguf;

/// <summary>The model's dimensions. Every value is within <see cref="GgufLimits"/> and consistent with the others.</summary>
public sealed record GgufHyperparameters
{
    /// <summary>Transformer layers, 1 to 512.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Embedding { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head, even.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Width of the feed-forward layer.</summary>
    public required int FeedForward { get; init; }

    /// <summary>Tokens of context the model was trained for.</summary>
    public required int ContextLength { get; init; }

    internal static GgufHyperparameters Read(GgufMetadata metadata, GgufArchitecture architecture)
    {
        string Key(string name) => $"{architecture.Name}.{name}";

        var embedding = metadata.Integer(Key("embedding_length"), 1, GgufLimits.Embedding);
        var heads = metadata.Integer(Key("attention.head_count"), 1, GgufLimits.Heads);
        var keyValueHeads = metadata.Integer(Key("attention.head_count_kv"), 1, heads, heads);
        if (heads % keyValueHeads != 0)
        {
            metadata.ThrowRange(Key("attention.head_count_kv"), $"is {keyValueHeads}; expected a divisor of {heads}");
        }

        var keyLength = Key("attention.key_length");
        if (!metadata.Contains(keyLength) && embedding % heads != 0)
        {
            metadata.ThrowRange(Key("attention.head_count"), $"is {heads}; expected a divisor of {embedding}");
        }

        var headSize = metadata.Integer(keyLength, 2, GgufLimits.HeadSize, Math.Min(embedding / heads, GgufLimits.HeadSize + 1));
        if (headSize is < 2 or > GgufLimits.HeadSize || headSize % 2 != 0)
        {
            metadata.ThrowRange(keyLength, $"gives heads of {headSize}; expected an even number from 2 to {GgufLimits.HeadSize}");
        }

        // The engine asserts that both hold, and an assertion ends the process.
        _ = metadata.Integer(Key("attention.value_length"), headSize, headSize, headSize);
        _ = metadata.Integer(Key("rope.dimension_count"), headSize, headSize, headSize);
        CheckNumbers(metadata, architecture);
        return new GgufHyperparameters
        {
            Layers = metadata.Integer(Key("block_count"), 1, GgufLimits.Layers),
            Embedding = embedding,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            FeedForward = metadata.Integer(Key("feed_forward_length"), 1, GgufLimits.FeedForward),
            ContextLength = metadata.Integer(Key("context_length"), 1, GgufLimits.ContextLength),
        };
    }

    static void CheckNumbers(GgufMetadata metadata, GgufArchitecture architecture)
    {
        void Between(string name, float min, float max, bool required = false)
        {
            var key = $"{architecture.Name}.{name}";
            var value = required ? metadata.Float32(key) : metadata.FindFloat32(key);

            // Written so that NaN is refused.
            if (value is { } number && !(number >= min && number <= max))
            {
                metadata.ThrowRange(key, $"is not from {min} to {max}");
            }
        }

        Between("attention.layer_norm_rms_epsilon", float.Epsilon, 1, required: true);
        Between("rope.freq_base", 1, 1e12f);
        Between("rope.freq_base_swa", 1, 1e12f);
        Between("rope.scaling.factor", 0, 1e6f);
        Between("rope.scaling.attn_factor", 0, 1e6f);
        Between("rope.scaling.yarn_log_multiplier", 0, 1e6f);
        Between("rope.scaling.yarn_ext_factor", -1, 1e6f);
        Between("rope.scaling.yarn_attn_factor", 0, 1e6f);
        Between("rope.scaling.yarn_beta_fast", 0, 1e6f);
        Between("rope.scaling.yarn_beta_slow", 0, 1e6f);
        Between("final_logit_softcapping", 0, 1e6f);
        var scaling = metadata.FindString($"{architecture.Name}.rope.scaling.type");
        if (scaling is not (null or "none" or "linear" or "yarn"))
        {
            metadata.ThrowRange($"{architecture.Name}.rope.scaling.type", "is none of \"none\", \"linear\" and \"yarn\"");
        }

        _ = metadata.FindBoolean($"{architecture.Name}.rope.scaling.finetuned");
        _ = metadata.Integer($"{architecture.Name}.rope.scaling.original_context_length", 1, GgufLimits.ContextLength, 1);
        _ = metadata.Integer($"{architecture.Name}.attention.sliding_window", 0, GgufLimits.ContextLength, 0);
        _ = metadata.Integer($"{architecture.Name}.attention.sliding_window_pattern", 1, GgufLimits.Layers, 1);

        // Mixtures of experts are not accepted; some converters write a zero.
        _ = metadata.Integer($"{architecture.Name}.expert_count", 0, 0, 0);
        _ = metadata.Integer($"{architecture.Name}.expert_used_count", 0, 0, 0);
    }
}
