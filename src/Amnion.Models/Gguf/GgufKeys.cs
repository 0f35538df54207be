using System.Collections.Frozen;

namespace Amnion.Models.Gguf;

/// <summary>
/// Which metadata keys may be present. Under the architecture's own prefix and under "tokenizer.ggml." every key changes what
/// the engine does, so only those whose values are checked are let in; other keys are labels the engine does not act upon.
/// </summary>
static class GgufKeys
{
    static readonly FrozenSet<string> Architecture = FrozenSet.Create(
        StringComparer.Ordinal,
        "block_count", "context_length", "embedding_length", "feed_forward_length", "vocab_size", "expert_count", "expert_used_count",
        "attention.head_count", "attention.head_count_kv", "attention.key_length", "attention.value_length", "attention.layer_norm_rms_epsilon",
        "rope.dimension_count", "rope.freq_base", "rope.scaling.type", "rope.scaling.factor", "rope.scaling.attn_factor",
        "rope.scaling.original_context_length", "rope.scaling.finetuned", "rope.scaling.yarn_log_multiplier", "rope.scaling.yarn_ext_factor",
        "rope.scaling.yarn_attn_factor", "rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow");

    static readonly FrozenSet<string> SlidingWindow = FrozenSet.Create(
        StringComparer.Ordinal, "attention.sliding_window", "attention.sliding_window_pattern", "rope.freq_base_swa", "final_logit_softcapping");

    static readonly FrozenSet<string> Tokenizer = FrozenSet.Create(
        StringComparer.Ordinal,
        "model", "pre", "tokens", "token_type", "scores", "merges", "add_bos_token", "add_eos_token", "add_sep_token", "add_space_prefix",
        "remove_extra_whitespaces");

    public static void Check(GgufMetadata metadata, GgufArchitecture architecture)
    {
        var own = architecture.Name + ".";
        foreach (var key in metadata.Keys)
        {
            var allowed = key switch
            {
                _ when key.StartsWith(own, StringComparison.Ordinal) =>
                    Architecture.Contains(key[own.Length..]) || (architecture.HasSlidingWindow && SlidingWindow.Contains(key[own.Length..])),
                _ when key.StartsWith(GgufTokenizer.Prefix, StringComparison.Ordinal) =>
                    Tokenizer.Contains(key[GgufTokenizer.Prefix.Length..]) || GgufTokenizer.SpecialIdKeys.Contains(key[GgufTokenizer.Prefix.Length..]),
                _ => !key.StartsWith("adapter.", StringComparison.Ordinal),
            };
            if (!allowed)
            {
                throw metadata.Refuse(ModelCodes.GgufKeyNotAllowed, key, $"is not a key that architecture \"{architecture.Name}\" may set");
            }
        }

        CheckWhole(metadata);
    }

    static void CheckWhole(GgufMetadata metadata)
    {
        if (metadata.FindString("general.type") is not (null or "model"))
        {
            throw metadata.Refuse(ModelCodes.GgufNotWhole, "general.type", "is not \"model\"");
        }

        // Joining splits leaves a count of 0 behind.
        if (metadata.FindUInt16("split.count") > 1)
        {
            throw metadata.Refuse(ModelCodes.GgufNotWhole, "split.count", "marks one of several files; join them first");
        }

        if (metadata.FindUInt32("general.alignment") is { } alignment && alignment != GgufLimits.Alignment)
        {
            throw metadata.Refuse(ModelCodes.GgufAlignment, "general.alignment", $"is {alignment}; expected {GgufLimits.Alignment}");
        }
    }
}
