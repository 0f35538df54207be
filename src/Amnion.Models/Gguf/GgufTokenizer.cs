using System.Collections.Frozen;
using System.Text;

namespace Amnion.Models.Gguf;

/// <summary>The model's vocabulary. Tokens are unique and not empty; special ids lie inside it.</summary>
public sealed class GgufTokenizer
{
    internal const string Prefix = "tokenizer.ggml.";

    internal static readonly FrozenSet<string> SpecialIdKeys = FrozenSet.Create(
        StringComparer.Ordinal,
        "bos_token_id", "eos_token_id", "eot_token_id", "eom_token_id", "unknown_token_id", "seperator_token_id", "padding_token_id",
        "cls_token_id", "mask_token_id", "fim_pre_token_id", "fim_suf_token_id", "fim_mid_token_id", "fim_pad_token_id", "fim_rep_token_id",
        "fim_sep_token_id", "prefix_token_id", "suffix_token_id", "middle_token_id");

    // Those of the accepted architectures' published models; each chooses a regular expression inside the engine.
    static readonly FrozenSet<string> PreTokenizers = FrozenSet.Create(StringComparer.Ordinal, "default", "gpt-2", "llama-bpe", "qwen2", "tekken", "smollm");

    readonly Dictionary<string, int> _ids;

    GgufTokenizer(string model, string? preTokenizer, IReadOnlyList<string> tokens, IReadOnlyList<int> types, Dictionary<string, int> ids)
    {
        Model = model;
        PreTokenizer = preTokenizer;
        Tokens = tokens;
        Types = types;
        _ids = ids;
    }

    /// <summary>"gpt2" (byte-level BPE) or "llama" (SentencePiece).</summary>
    public string Model { get; }

    /// <summary>Name of the pre-tokenizer for "gpt2", or null.</summary>
    public string? PreTokenizer { get; }

    /// <summary>The tokens' texts by id, as stored: in "gpt2" vocabularies bytes are mapped to printable characters.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The tokens' types by id, values of <see cref="GgufTokenType"/>.</summary>
    public IReadOnlyList<int> Types { get; }

    /// <summary>Id of the beginning-of-sequence token, or null.</summary>
    public int? BeginId { get; private init; }

    /// <summary>Id of the end-of-sequence token, or null.</summary>
    public int? EndId { get; private init; }

    /// <summary>The id of a token's text, or null.</summary>
    public int? Find(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>True where the text is a control token. Whether text can turn into it is another question: chat templates ask it of theirs.</summary>
    public bool IsControl(string token) => Find(token) is { } id && Types[id] == (int)GgufTokenType.Control;

    /// <summary>
    /// True where running text could turn into this token. A SentencePiece engine starts from single characters and merges two neighbours
    /// wherever the vocabulary holds both together, of whatever type that token is (llama.cpp's llm_tokenizer_spm): a control token
    /// is safe only while its last merge has no two parts that merging can make. Byte-level BPE merges by its own list alone, whose
    /// parts are checked by the engine against text that was cut at special tokens first.
    /// </summary>
    internal bool CanBeMerged(string token)
    {
        if (Model != "llama")
        {
            return false;
        }

        // Offsets of characters; made[i, j] says that merging can make what stands from the i-th to the j-th.
        List<int> cuts = [0];
        foreach (var rune in token.EnumerateRunes())
        {
            cuts.Add(cuts[^1] + rune.Utf16SequenceLength);
        }

        var count = cuts.Count - 1;
        var made = new bool[count + 1, count + 1];
        for (var length = 1; length <= count; length++)
        {
            for (var from = 0; from + length <= count; from++)
            {
                var to = from + length;
                made[from, to] = length == 1
                    || (_ids.ContainsKey(token[cuts[from]..cuts[to]]) && Enumerable.Range(from + 1, length - 1).Any(middle => made[from, middle] && made[middle, to]));
            }
        }

        return made[0, count];
    }

    internal static GgufTokenizer Read(GgufMetadata metadata, string architecture)
    {
        var model = metadata.String(Prefix + "model");
        if (model is not ("gpt2" or "llama"))
        {
            throw metadata.Refuse(ModelCodes.GgufTokenizer, Prefix + "model", "is neither \"gpt2\" nor \"llama\"");
        }

        var preTokenizer = metadata.FindString(Prefix + "pre");
        if (preTokenizer is not null && !PreTokenizers.Contains(preTokenizer))
        {
            throw metadata.Refuse(ModelCodes.GgufTokenizer, Prefix + "pre", "is not an accepted pre-tokenizer");
        }

        var tokens = metadata.Strings(Prefix + "tokens");
        var ids = ReadTokens(metadata, tokens);
        var declared = $"{architecture}.vocab_size";
        _ = metadata.Integer(declared, tokens.Count, tokens.Count, tokens.Count);
        var types = ReadTypes(metadata, tokens, ids, model);
        CheckMerges(metadata, model);
        CheckScores(metadata, tokens.Count);
        var tokenizer = new GgufTokenizer(model, preTokenizer, tokens, types, ids)
        {
            BeginId = SpecialId(metadata, "bos_token_id", tokens.Count),
            EndId = SpecialId(metadata, "eos_token_id", tokens.Count),
        };
        foreach (var key in SpecialIdKeys)
        {
            _ = SpecialId(metadata, key, tokens.Count);
        }

        CheckAdded(metadata, tokenizer);
        return tokenizer;
    }

    static Dictionary<string, int> ReadTokens(GgufMetadata metadata, IReadOnlyList<string> tokens)
    {
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            var token = tokens[id];
            if (token.Length == 0 || Encoding.UTF8.GetByteCount(token) > GgufLimits.TokenBytes)
            {
                throw metadata.Refuse(ModelCodes.GgufToken, Prefix + "tokens", $"has token {id} empty or longer than {GgufLimits.TokenBytes} bytes");
            }

            // The engine asserts that all are different, and an assertion ends the process.
            if (!ids.TryAdd(token, id))
            {
                throw metadata.Refuse(ModelCodes.GgufToken, Prefix + "tokens", $"has token {id} twice");
            }
        }

        return ids.Count > 0 ? ids : throw metadata.Refuse(ModelCodes.GgufToken, Prefix + "tokens", "is empty");
    }

    static IReadOnlyList<int> ReadTypes(GgufMetadata metadata, IReadOnlyList<string> tokens, Dictionary<string, int> ids, string model)
    {
        const string Key = Prefix + "token_type";
        var types = metadata.Int32s(Key);
        if (types.Count != tokens.Count)
        {
            throw metadata.Refuse(ModelCodes.GgufTokenType, Key, $"has {types.Count} entries; expected {tokens.Count}");
        }

        for (var id = 0; id < types.Count; id++)
        {
            // Byte tokens exist in SentencePiece vocabularies only; their text is cut up by position inside the engine.
            var valid = types[id] switch
            {
                (int)GgufTokenType.Byte => model == "llama" && IsByteToken(tokens[id]),
                _ => types[id] is >= (int)GgufTokenType.Normal and <= (int)GgufTokenType.Byte,
            };
            if (!valid)
            {
                throw metadata.Refuse(ModelCodes.GgufTokenType, Key, $"has type {types[id]} for token {id}, which does not fit it");
            }
        }

        // Without one of these the engine throws through its C interface on the first text that holds such a byte.
        for (var b = 0; model == "llama" && b < 256; b++)
        {
            if (!ids.TryGetValue($"<0x{b:X2}>", out var id) || types[id] != (int)GgufTokenType.Byte)
            {
                throw metadata.Refuse(ModelCodes.GgufTokenType, Key, $"has no byte token <0x{b:X2}>");
            }
        }

        return types;
    }

    static bool IsByteToken(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>' && IsUpperHex(token[3]) && IsUpperHex(token[4]);

    static bool IsUpperHex(char c) => char.IsAsciiDigit(c) || c is >= 'A' and <= 'F';

    static void CheckMerges(GgufMetadata metadata, string model)
    {
        const string Key = Prefix + "merges";
        var merges = metadata.FindStrings(Key);
        if (model == "gpt2" && merges is null)
        {
            throw metadata.Refuse(ModelCodes.GgufMissing, Key, "is missing");
        }

        for (var i = 0; i < (merges?.Count ?? 0); i++)
        {
            var merge = merges![i];
            var space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == merge.Length - 1 || merge.IndexOf(' ', space + 1) >= 0)
            {
                throw metadata.Refuse(ModelCodes.GgufMerge, Key, $"has entry {i} that is not two parts with one space between");
            }
        }
    }

    static void CheckScores(GgufMetadata metadata, int count)
    {
        const string Key = Prefix + "scores";
        if (!metadata.Contains(Key))
        {
            return;
        }

        var scores = metadata.FindFloat32s(Key)!;
        if (scores.Count != count || scores.Any(float.IsNaN))
        {
            throw metadata.Refuse(ModelCodes.GgufRange, Key, $"has {scores.Count} entries or a NaN; expected {count} numbers");
        }
    }

    static int? SpecialId(GgufMetadata metadata, string name, int count) => metadata.FindUInt32(Prefix + name) switch
    {
        null => null,
        { } id when id < count => (int)id,
        { } id => throw metadata.Refuse(ModelCodes.GgufSpecialToken, Prefix + name, $"is {id}; the vocabulary has {count} tokens"),
    };

    // The engine asserts that a token it is told to add exists; where the metadata is silent it has defaults per tokenizer.
    static void CheckAdded(GgufMetadata metadata, GgufTokenizer tokenizer)
    {
        var begin = metadata.FindBoolean(Prefix + "add_bos_token") ?? (tokenizer.Model == "llama" || tokenizer.PreTokenizer == "llama-bpe");
        var end = metadata.FindBoolean(Prefix + "add_eos_token") ?? false;
        _ = metadata.FindBoolean(Prefix + "add_sep_token");
        _ = metadata.FindBoolean(Prefix + "add_space_prefix");
        _ = metadata.FindBoolean(Prefix + "remove_extra_whitespaces");
        if ((begin && tokenizer.BeginId is null) || (end && tokenizer.EndId is null))
        {
            var name = begin && tokenizer.BeginId is null ? "bos_token_id" : "eos_token_id";
            throw metadata.Refuse(ModelCodes.GgufSpecialToken, Prefix + name, "is missing, and the tokenizer adds it");
        }

        if (tokenizer.EndId is null)
        {
            throw metadata.Refuse(ModelCodes.GgufSpecialToken, Prefix + "eos_token_id", "is missing; without it no answer ends");
        }
    }
}
