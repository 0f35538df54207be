using System.Text;
using Amnion.Models.Gguf;

namespace Amnion.Models.Tests.Gguf;

/// <summary>One test for each thing that a hostile file can do to the reader or to the engine behind it.</summary>
public class GgufRefusalTests
{
    [Fact]
    public void Another_magic_is_refused()
    {
        var bytes = TestModels.Bytes();
        bytes[0] = (byte)'g';
        Refused(ModelCodes.GgufMagic, "magic", bytes);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    [InlineData(4u)]
    [InlineData(0x0300_0000u)]
    public void Another_version_is_refused(uint version) => Refused(ModelCodes.GgufVersion, "version", new RawGguf { Version = version }.ToBytes());

    [Fact]
    public void Every_cut_inside_the_header_is_refused()
    {
        var bytes = TestModels.Bytes();
        var header = (int)TestModels.Read(bytes).TensorDataOffset;
        for (var length = 0; length < header - 32; length += length < 200 ? 1 : 37)
        {
            var e = Assert.Throws<GgufFormatException>(() => TestModels.Read(bytes[..length]));
            Assert.Equal(ModelCodes.GgufTruncated, e.Code);
        }
    }

    [Fact]
    public void A_stream_shorter_than_promised_is_refused()
    {
        var bytes = TestModels.Bytes();
        var e = Assert.Throws<GgufFormatException>(() => GgufFile.Read(new MemoryStream(bytes[..100]), bytes.Length));
        Assert.Equal(ModelCodes.GgufTruncated, e.Code);
    }

    [Theory]
    [InlineData(1025UL)]
    [InlineData(ulong.MaxValue)]
    public void Too_many_metadata_entries_are_refused(ulong count)
    {
        var raw = RawGguf.Of();
        raw.MetadataCount = count;
        Refused(ModelCodes.GgufCount, "metadata_kv_count", raw);
    }

    [Theory]
    [InlineData(8449UL)]
    [InlineData(1UL << 63)]
    public void Too_many_tensors_are_refused(ulong count)
    {
        var raw = RawGguf.Of();
        raw.TensorCount = count;
        Refused(ModelCodes.GgufCount, "tensor_count", raw);
    }

    [Fact]
    public void An_array_longer_than_accepted_is_refused() =>
        Refused(ModelCodes.GgufCount, "x.a", RawGguf.Of().Set("x.a", 9, [.. BitConverter.GetBytes(0u), .. BitConverter.GetBytes((1UL << 20) + 1)]));

    [Fact]
    public void An_array_longer_than_the_file_is_refused_before_it_is_allocated()
    {
        var bytes = RawGguf.Of().Set("x.a", 9, [.. BitConverter.GetBytes(10u), .. BitConverter.GetBytes(1UL << 20)]).ToBytes();
        Refused(ModelCodes.GgufTruncated, "x.a", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(ModelCodes.GgufTruncated, "x.a", bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData((1UL << 20) + 1)]
    [InlineData(ulong.MaxValue)]
    public void A_string_longer_than_accepted_is_refused(ulong length) =>
        Refused(ModelCodes.GgufString, "x.s", RawGguf.Of().Set("x.s", 8, BitConverter.GetBytes(length)));

    [Fact]
    public void A_string_longer_than_the_file_is_refused() =>
        Refused(ModelCodes.GgufTruncated, "x.s", RawGguf.Of().Set("x.s", 8, BitConverter.GetBytes(1UL << 20)));

    [Fact]
    public void A_string_that_is_not_utf8_is_refused() => Refused(ModelCodes.GgufString, "x.s", RawGguf.Of().Set("x.s", 8, RawGguf.Text([0xC3, 0x28])));

    [Fact]
    public void A_string_with_nul_is_refused() => Refused(ModelCodes.GgufString, "x.s", RawGguf.Of().Set("x.s", "a\0b"));

    [Fact]
    public void A_key_that_stands_twice_is_refused()
    {
        var raw = RawGguf.Of();
        raw.Metadata.Add(raw.Metadata[0]);
        Refused(ModelCodes.GgufKey, raw.Metadata[0].Key, raw);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("schlüssel")]
    public void A_malformed_key_is_refused(string key) => Refused(ModelCodes.GgufKey, null, RawGguf.Of().Set(key, 1u));

    [Theory]
    [InlineData(13u)]
    [InlineData(uint.MaxValue)]
    public void An_unknown_value_type_is_refused(uint type) => Refused(ModelCodes.GgufValue, "x.v", RawGguf.Of().Set("x.v", type, [1, 2, 3, 4]));

    [Fact]
    public void An_array_of_arrays_is_refused() =>
        Refused(ModelCodes.GgufValue, "x.v", RawGguf.Of().Set("x.v", 9, [.. BitConverter.GetBytes(9u), .. BitConverter.GetBytes(1UL)]));

    [Fact]
    public void A_boolean_of_two_is_refused() => Refused(ModelCodes.GgufValue, "x.v", RawGguf.Of().Set("x.v", 7, [2]));

    [Fact]
    public void A_header_of_more_than_64_MiB_is_refused()
    {
        var raw = RawGguf.Of();
        for (var i = 0; i < 65; i++)
        {
            raw.Set($"x.s{i}", 8, RawGguf.Text(Encoding.UTF8.GetBytes(new string('a', 1 << 20))));
        }

        Refused(ModelCodes.GgufHeaderSize, null, raw);
    }

    [Theory]
    [InlineData("general.architecture")]
    [InlineData("llama.block_count")]
    [InlineData("llama.context_length")]
    [InlineData("llama.embedding_length")]
    [InlineData("llama.feed_forward_length")]
    [InlineData("llama.attention.head_count")]
    [InlineData("llama.attention.layer_norm_rms_epsilon")]
    [InlineData("tokenizer.ggml.model")]
    [InlineData("tokenizer.ggml.tokens")]
    [InlineData("tokenizer.ggml.token_type")]
    [InlineData("tokenizer.ggml.merges")]
    public void A_missing_entry_is_refused(string key) => Refused(ModelCodes.GgufMissing, key, RawGguf.Of().Remove(key));

    [Theory]
    [InlineData("general.architecture")]
    [InlineData("general.name")]
    [InlineData("general.type")]
    [InlineData("general.alignment")]
    [InlineData("llama.block_count")]
    [InlineData("llama.attention.layer_norm_rms_epsilon")]
    [InlineData("llama.rope.freq_base")]
    [InlineData("llama.rope.scaling.finetuned")]
    [InlineData("tokenizer.ggml.tokens")]
    [InlineData("tokenizer.ggml.token_type")]
    [InlineData("tokenizer.ggml.scores")]
    [InlineData("tokenizer.ggml.bos_token_id")]
    [InlineData("tokenizer.ggml.add_bos_token")]
    [InlineData("tokenizer.chat_template")]
    [InlineData("split.count")]
    public void An_entry_of_another_type_is_refused(string key) => Refused(ModelCodes.GgufType, key, RawGguf.Of().Set(key, 11, new byte[8]));

    [Theory]
    [InlineData("llama.block_count", 0u)]
    [InlineData("llama.block_count", 513u)]
    [InlineData("llama.embedding_length", 0u)]
    [InlineData("llama.embedding_length", uint.MaxValue)]
    [InlineData("llama.feed_forward_length", 0u)]
    [InlineData("llama.feed_forward_length", (1u << 20) + 1)]
    [InlineData("llama.context_length", 0u)]
    [InlineData("llama.context_length", (1u << 24) + 1)]
    [InlineData("llama.attention.head_count", 0u)]
    [InlineData("llama.attention.head_count", 1025u)]
    [InlineData("llama.attention.head_count", 3u)]
    [InlineData("llama.attention.head_count_kv", 0u)]
    [InlineData("llama.attention.head_count_kv", 3u)]
    [InlineData("llama.attention.key_length", 1u)]
    [InlineData("llama.attention.key_length", 15u)]
    [InlineData("llama.attention.key_length", 1026u)]
    [InlineData("llama.attention.value_length", 8u)]
    [InlineData("llama.rope.dimension_count", 8u)]
    [InlineData("llama.rope.scaling.original_context_length", 0u)]
    [InlineData("llama.vocab_size", 279u)]
    [InlineData("llama.expert_count", 8u)]
    [InlineData("llama.expert_used_count", 2u)]
    public void A_dimension_out_of_range_is_refused(string key, uint value) => Refused(ModelCodes.GgufRange, key, RawGguf.Of().Set(key, value));

    [Fact]
    public void A_head_count_that_key_and_value_heads_do_not_divide_is_refused() => Refused(
        ModelCodes.GgufRange, "llama.attention.head_count_kv", RawGguf.Of(TestModels.Tiny with { Heads = 4, KeyValueHeads = 2 }).Set("llama.attention.head_count_kv", 3u));

    [Theory]
    [InlineData("llama.attention.layer_norm_rms_epsilon", 0f)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", -1e-5f)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", float.NaN)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", float.PositiveInfinity)]
    [InlineData("llama.rope.freq_base", 0f)]
    [InlineData("llama.rope.freq_base", float.NaN)]
    [InlineData("llama.rope.scaling.factor", -1f)]
    [InlineData("llama.rope.scaling.attn_factor", float.NegativeInfinity)]
    [InlineData("llama.rope.scaling.yarn_beta_fast", float.NaN)]
    public void A_number_out_of_range_is_refused(string key, float value) => Refused(ModelCodes.GgufRange, key, RawGguf.Of().Set(key, value));

    [Fact]
    public void An_unknown_rope_scaling_is_refused() => Refused(ModelCodes.GgufRange, "llama.rope.scaling.type", RawGguf.Of().Set("llama.rope.scaling.type", "longrope"));

    [Theory]
    [InlineData("llama.attention.causal")]
    [InlineData("llama.pooling_type")]
    [InlineData("llama.attention.sliding_window")]
    [InlineData("llama.nextn_predict_layers")]
    [InlineData("tokenizer.ggml.precompiled_charsmap")]
    [InlineData("tokenizer.ggml.suppress_tokens")]
    [InlineData("adapter.type")]
    public void A_key_the_engine_would_act_upon_is_refused(string key) => Refused(ModelCodes.GgufKeyNotAllowed, key, RawGguf.Of().Set(key, 1u));

    [Theory]
    [InlineData("plamo2")]
    [InlineData("gpt2")]
    [InlineData("LLAMA")]
    [InlineData("")]
    public void Another_architecture_is_refused(string name) => Refused(ModelCodes.GgufArchitecture, "general.architecture", RawGguf.Of().Set("general.architecture", name));

    [Theory]
    [InlineData("tokenizer.ggml.model", "plamo2")]
    [InlineData("tokenizer.ggml.model", "t5")]
    [InlineData("tokenizer.ggml.model", "rwkv")]
    [InlineData("tokenizer.ggml.model", "no_vocab")]
    [InlineData("tokenizer.ggml.pre", "kimi-k2")]
    public void Another_tokenizer_is_refused(string key, string name) => Refused(ModelCodes.GgufTokenizer, key, RawGguf.Of().Set(key, name));

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(16u)]
    [InlineData(64u)]
    public void Another_alignment_is_refused(uint alignment) => Refused(ModelCodes.GgufAlignment, "general.alignment", RawGguf.Of().Set("general.alignment", alignment));

    [Fact]
    public void One_of_several_splits_is_refused() =>
        Refused(ModelCodes.GgufNotWhole, "split.count", RawGguf.Of().Set("split.count", 2, BitConverter.GetBytes((ushort)2)));

    [Fact]
    public void An_adapter_is_refused() => Refused(ModelCodes.GgufNotWhole, "general.type", RawGguf.Of().Set("general.type", "adapter"));

    [Fact]
    public void A_token_that_stands_twice_is_refused() => RefusedTokens(ModelCodes.GgufToken, tokens => tokens[10] = tokens[11]);

    [Fact]
    public void An_empty_token_is_refused() => RefusedTokens(ModelCodes.GgufToken, tokens => tokens[10] = "");

    [Fact]
    public void A_token_longer_than_accepted_is_refused() => RefusedTokens(ModelCodes.GgufToken, tokens => tokens[10] = new string('x', 4097));

    [Fact]
    public void An_empty_vocabulary_is_refused() => Refused(ModelCodes.GgufToken, "tokenizer.ggml.tokens", RawGguf.Of().Set("tokenizer.ggml.tokens", Array.Empty<string>()));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(-1)]
    [InlineData((int)GgufTokenType.Byte)]
    public void A_token_type_that_does_not_fit_is_refused(int type) => RefusedTypes(types => types[10] = type);

    [Fact]
    public void Fewer_token_types_than_tokens_are_refused() => Refused(ModelCodes.GgufTokenType, "tokenizer.ggml.token_type", RawGguf.Of().Set("tokenizer.ggml.token_type", new int[279]));

    [Theory]
    [InlineData("<0x0")]
    [InlineData("<0xG0>")]
    [InlineData("<0xaa>")]
    public void A_malformed_byte_token_is_refused(string token)
    {
        var raw = GgufReadTests.SentencePiece();
        var tokens = Strings(raw, "tokenizer.ggml.tokens");
        tokens[3 + 0xAA] = token;
        Refused(ModelCodes.GgufTokenType, "tokenizer.ggml.token_type", raw.Set("tokenizer.ggml.tokens", tokens));
    }

    [Fact]
    public void A_missing_byte_token_is_refused()
    {
        var raw = GgufReadTests.SentencePiece();
        raw.Set("tokenizer.ggml.token_type", [2, 3, 3, 1, .. Enumerable.Repeat(6, 255), .. Enumerable.Repeat(1, 21)]);
        Refused(ModelCodes.GgufTokenType, "tokenizer.ggml.token_type", raw);
    }

    [Theory]
    [InlineData("bos_token_id")]
    [InlineData("eos_token_id")]
    [InlineData("padding_token_id")]
    [InlineData("fim_rep_token_id")]
    public void A_special_id_outside_the_vocabulary_is_refused(string name) =>
        Refused(ModelCodes.GgufSpecialToken, "tokenizer.ggml." + name, RawGguf.Of().Set("tokenizer.ggml." + name, 280u));

    [Fact]
    public void A_beginning_that_is_added_but_absent_is_refused() => Refused(
        ModelCodes.GgufSpecialToken, "tokenizer.ggml.bos_token_id", RawGguf.Of().Remove("tokenizer.ggml.bos_token_id").Set("tokenizer.ggml.add_bos_token", true));

    [Fact]
    public void A_vocabulary_without_an_end_is_refused() => Refused(ModelCodes.GgufSpecialToken, "tokenizer.ggml.eos_token_id", RawGguf.Of().Remove("tokenizer.ggml.eos_token_id"));

    [Theory]
    [InlineData("ab")]
    [InlineData(" b")]
    [InlineData("a ")]
    [InlineData("a b c")]
    [InlineData("")]
    public void A_malformed_merge_is_refused(string merge) => Refused(ModelCodes.GgufMerge, "tokenizer.ggml.merges", RawGguf.Of().Set("tokenizer.ggml.merges", new[] { merge }));

    [Fact]
    public void Scores_of_another_number_are_refused() => Refused(ModelCodes.GgufRange, "tokenizer.ggml.scores", RawGguf.Of().Set("tokenizer.ggml.scores", new float[1]));

    [Fact]
    public void A_score_that_is_no_number_is_refused() =>
        Refused(ModelCodes.GgufRange, "tokenizer.ggml.scores", RawGguf.Of().Set("tokenizer.ggml.scores", [.. new float[279], float.NaN]));

    [Fact]
    public void A_tensor_name_that_stands_twice_is_refused() =>
        RefusedTensor(ModelCodes.GgufTensorName, raw => raw.Tensors[1].Name = raw.Tensors[2].Name = "output_norm.weight"u8.ToArray());

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void A_malformed_tensor_name_is_refused(string name) => RefusedTensor(ModelCodes.GgufTensorName, raw => raw.Tensors[1].Name = Encoding.UTF8.GetBytes(name));

    [Fact]
    public void A_tensor_name_of_64_bytes_is_refused() => RefusedTensor(ModelCodes.GgufString, raw => raw.Tensors[1].Name = Encoding.UTF8.GetBytes(new string('x', 64)));

    [Theory]
    [InlineData(0u)]
    [InlineData(5u)]
    [InlineData(uint.MaxValue)]
    public void A_tensor_of_no_or_too_many_dimensions_is_refused(uint count) => RefusedTensor(ModelCodes.GgufTensorShape, raw => raw.Tensors[0].DimensionCount = count);

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 31)]
    [InlineData(ulong.MaxValue)]
    public void A_dimension_of_zero_or_beyond_31_bits_is_refused(ulong dimension) => RefusedTensor(ModelCodes.GgufTensorShape, raw => raw.Tensors[0].Dimensions[1] = dimension);

    [Fact]
    public void Dimensions_whose_product_overflows_are_refused() =>
        RefusedTensor(ModelCodes.GgufTensorShape, raw => raw.Tensors[0].Dimensions = [int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue]);

    [Theory]
    [InlineData(4u)]
    [InlineData(9u)]
    [InlineData(16u)]
    [InlineData(24u)]
    [InlineData(39u)]
    [InlineData(uint.MaxValue)]
    public void Another_element_type_is_refused(uint type) => RefusedTensor(ModelCodes.GgufTensorType, raw => raw.Tensors[0].Type = type);

    [Fact]
    public void A_row_that_does_not_fit_its_blocks_is_refused() => RefusedTensor(ModelCodes.GgufTensorType, raw => raw.Tensors[0].Type = (uint)GgufTensorType.Q4_K);

    [Theory]
    [InlineData(1UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void A_misaligned_offset_is_refused(ulong offset) => RefusedTensor(ModelCodes.GgufTensorOffset, raw => raw.Tensors[1].Offset = offset);

    [Fact]
    public void Overlapping_tensors_are_refused() => RefusedTensor(ModelCodes.GgufTensorOffset, raw => raw.Tensors[1].Offset = 0);

    [Fact]
    public void A_gap_between_tensors_is_refused() => RefusedTensor(ModelCodes.GgufTensorOffset, raw =>
    {
        raw.Tensors[^1].Offset += 32;
        raw.DataLength += 32;
    });

    [Fact]
    public void Tensors_in_another_order_than_their_data_are_refused() => RefusedTensor(ModelCodes.GgufTensorOffset, raw => raw.Tensors.Reverse());

    [Theory]
    [InlineData(-32)]
    [InlineData(32)]
    [InlineData(-1)]
    [InlineData(1)]
    public void Data_shorter_or_longer_than_the_tensors_is_refused(int difference) =>
        Refused(ModelCodes.GgufTensorBounds, "tensor data", With(raw => raw.DataLength += difference));

    [Fact]
    public void A_missing_tensor_is_refused() => Refused(ModelCodes.GgufTensorMissing, "blk.0.ffn_down.weight", With(raw =>
    {
        // The last one, so that no gap arises.
        Assert.Equal("blk.0.ffn_down.weight", Encoding.UTF8.GetString(raw.Tensors[^1].Name));
        raw.DataLength = (long)raw.Tensors[^1].Offset;
        raw.Tensors.RemoveAt(raw.Tensors.Count - 1);
    }));

    [Theory]
    [InlineData("blk.0.attn_sinks.weight")]
    [InlineData("blk.1.attn_norm.weight")]
    [InlineData("blk.0.attn_q_norm.weight")]
    public void A_tensor_the_architecture_does_not_know_is_refused(string name) => Refused(ModelCodes.GgufTensorUnexpected, name, With(raw =>
    {
        raw.Tensors.Add(new RawTensor { Name = Encoding.UTF8.GetBytes(name), Dimensions = [8], Offset = (ulong)raw.DataLength });
        raw.DataLength += 32;
    }));

    [Fact]
    public void No_tensors_at_all_are_refused() => Refused(ModelCodes.GgufTensorMissing, "token_embd.weight", With(raw =>
    {
        raw.Tensors.Clear();
        raw.DataLength = 0;
    }));

    [Fact]
    public void A_tensor_of_another_shape_is_refused() =>
        Refused(ModelCodes.GgufTensorMismatch, "token_embd.weight", With(raw => raw.Tensor("token_embd.weight").Dimensions = [280, 32]));

    [Fact]
    public void A_vector_that_is_not_made_of_plain_floats_is_refused() => Refused(ModelCodes.GgufTensorMismatch, "blk.0.attn_q.bias", With(raw =>
    {
        raw.Tensors.Add(new RawTensor { Name = "blk.0.attn_q.bias"u8.ToArray(), Dimensions = [32], Type = (uint)GgufTensorType.F16, Offset = (ulong)raw.DataLength });
        raw.DataLength += 64;
    }));

    static RawGguf With(Action<RawGguf> edit)
    {
        var raw = RawGguf.Of();
        edit(raw);
        return raw;
    }

    static void RefusedTokens(string code, Action<string[]> edit)
    {
        var raw = RawGguf.Of();
        var tokens = Strings(raw, "tokenizer.ggml.tokens");
        edit(tokens);
        Refused(code, "tokenizer.ggml.tokens", raw.Set("tokenizer.ggml.tokens", tokens));
    }

    static void RefusedTypes(Action<int[]> edit)
    {
        var types = Enumerable.Repeat(1, 280).ToArray();
        edit(types);
        Refused(ModelCodes.GgufTokenType, "tokenizer.ggml.token_type", RawGguf.Of().Set("tokenizer.ggml.token_type", types));
    }

    static string[] Strings(RawGguf raw, string key) => [.. TestModels.Read(raw.ToBytes()).Metadata.FindStrings(key)!];

    static void RefusedTensor(string code, Action<RawGguf> edit) => Refused(code, null, With(edit));

    static void Refused(string code, string? field, RawGguf raw) => Refused(code, field, raw.ToBytes());

    static void Refused(string code, string? field, byte[] bytes)
    {
        var e = Assert.Throws<GgufFormatException>(() => TestModels.Read(bytes));
        Assert.Equal(code, e.Code);
        Assert.InRange(e.Offset, 0, bytes.Length);
        if (field is not null)
        {
            Assert.Equal(field, e.Field);
        }
    }
}
