using System.Text;
using System.Text.Json.Nodes;
using Amnion.Models.Chat;
using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Models.Tests.Manifest;

public class ModelManifestTests
{
    // Written by another implementation (Python's json with sorted keys, hashlib).
    const string Golden =
        """
        {"_type":"https://in-toto.io/Statement/v1","predicate":{"resources":[{"algorithm":"sha256","digest":"8178ac72b28d77fcb851fcd301583182bd05d9663ed2ec8131e60f057c2795f7","name":"LICENSE"},{"algorithm":"sha256","digest":"9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c","name":"model.gguf"}],"serialization":{"allow_symlinks":false,"hash_type":"sha256","method":"files"}},"predicateType":"https://model_signing/signature/v1.0","subject":[{"annotations":{"amnion":{"architecture":"llama","commitment":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f","context_length":2048,"files":[{"name":"LICENSE","plain_length":7,"sealed_length":63},{"name":"model.gguf","plain_length":5000000,"sealed_length":5000120}],"format":"amnion/sealed-model/1","key_id":"models/clinic-demo","parameters":1116416,"template":"chatml"}},"digest":{"sha256":"55dadc5181560afc857b48649f3bbf8ddc52ab8d2c747b93c379a4e0c2c2f03a"},"name":"clinic-demo"}]}
        """;

    [Fact]
    public void Canonical_form_and_digest_are_fixed()
    {
        Assert.Equal(Golden, Encoding.UTF8.GetString(TestManifests.Manifest.Bytes.Span));
        Assert.Equal("sha384:9e99efc7f6114c16c16b20d39d15e265bd6a8eb3874c344ae1699cf1666bec46a407b4493a2a43136c70bea25ee29324", TestManifests.Manifest.Digest.ToString());
    }

    [Fact]
    public void A_manifest_reads_back()
    {
        var parsed = ModelManifest.Parse(TestManifests.Manifest.Bytes.Span);
        Assert.Equal(TestManifests.Manifest.Digest, parsed.Digest);
        Assert.Equal(TestManifests.Content.Files, parsed.Content.Files);
        Assert.Equal(TestManifests.Content.Commitment, parsed.Content.Commitment);
        Assert.Equal(
            TestManifests.Content with { Files = [], Commitment = [] },
            parsed.Content with { Files = [], Commitment = [] });
        Assert.Equal("model.gguf", parsed.WeightsName);
        Assert.Same(ChatTemplate.ChatMl, parsed.Template);
        Assert.Null(new ModelManifest(TestManifests.Content with { Template = "none" }).Template);
    }

    [Fact]
    public void Every_flipped_bit_is_refused_or_is_another_model()
    {
        var bytes = TestManifests.Manifest.Bytes.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.NotEqual(TestManifests.Manifest.Digest, ModelManifest.Parse(bytes).Digest);
            }
            catch (ManifestFormatException e)
            {
                Assert.StartsWith("AMN-MODEL-02", e.Code, StringComparison.Ordinal);
            }

            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../model.gguf")]
    [InlineData("a/../model.gguf")]
    [InlineData("/etc/model.gguf")]
    [InlineData("a//model.gguf")]
    [InlineData("a/")]
    [InlineData("a\\model.gguf")]
    [InlineData("C:model.gguf")]
    [InlineData(".hidden.gguf")]
    [InlineData("trailing.")]
    [InlineData("space .gguf")]
    [InlineData("mödel.gguf")]
    [InlineData("nul\0.gguf")]
    [InlineData("1/2/3/4/5/6/7/8/9")]
    [InlineData("nul.gguf")]
    [InlineData("a/COM1.tar.gz")]
    public void A_name_that_is_no_plain_relative_path_is_refused(string name) => Refused(ModelCodes.ManifestPath, TestManifests.WithFiles(name, "zz.gguf"));

    [Fact]
    public void A_name_of_more_than_200_characters_is_refused() => Refused(ModelCodes.ManifestPath, TestManifests.WithFiles(new string('a', 196) + ".gguf"));

    [Theory]
    [InlineData("b.gguf", "a")]
    [InlineData("a", "a")]
    [InlineData("A", "a")]
    [InlineData("a", "a.sealed/b")]
    [InlineData("a", "A.sealed/b")]
    public void Names_that_collide_or_are_out_of_order_are_refused(string first, string second) =>
        Refused(ModelCodes.ManifestPath, TestManifests.WithFiles(first, second, "zz.gguf"));

    [Fact]
    public void A_folder_beside_a_file_of_the_same_name_is_no_collision() =>
        Assert.Equal(3, new ModelManifest(TestManifests.WithFiles("a", "a/b", "zz.gguf")).Content.Files.Length);

    [Fact]
    public void No_weights_or_two_are_refused()
    {
        Refused(ModelCodes.ManifestInconsistent, TestManifests.WithFiles("a"));
        Refused(ModelCodes.ManifestInconsistent, TestManifests.WithFiles("a.gguf", "b.gguf"));
    }

    [Fact]
    public void No_files_or_more_than_10_000_are_refused()
    {
        Refused(ModelCodes.ManifestLimit, TestManifests.Content with { Files = [] });
        Refused(ModelCodes.ManifestLimit, TestManifests.WithFiles([.. Enumerable.Range(0, 10_001).Select(i => $"{i:d5}")]));
    }

    [Fact]
    public void More_than_1_MiB_is_refused_when_made_and_when_read()
    {
        Refused(ModelCodes.ManifestLimit, TestManifests.WithFiles([.. Enumerable.Range(0, 9_000).Select(i => $"{i:d5}"), "zz.gguf"]));
        var e = Assert.Throws<ManifestFormatException>(() => ModelManifest.Parse(new byte[(1 << 20) + 1]));
        Assert.Equal(ModelCodes.ManifestLimit, e.Code);
    }

    [Fact]
    public void Members_out_of_range_are_refused()
    {
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { Name = "" });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { Name = "ä" });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { KeyId = "a b" });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { KeyId = new string('k', 129) });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { Commitment = [1, 2, 3] });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { Architecture = "plamo2" });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { Template = "jinja" });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { ContextLength = 0 });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { Parameters = 0 });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { Files = [new ModelFile("a.gguf", Digest.Sha384("x"u8), 1)] });
        Refused(ModelCodes.ManifestLayout, TestManifests.Content with { Files = [new ModelFile("a.gguf", Digest.Sha256("x"u8), -1)] });
    }

    [Theory]
    [InlineData(" {", "{")]
    [InlineData("\"allow_symlinks\":false", "\"allow_symlinks\": false")]
    [InlineData("\"allow_symlinks\":false", "\"allow_symlinks\":true")]
    [InlineData("\"allow_symlinks\":false,", "")]
    [InlineData("\"allow_symlinks\":false", "\"allow_symlinks\":false,\"allow_symlinks\":false")]
    [InlineData("\"method\":\"files\"", "\"method\":\"shards\"")]
    [InlineData("\"method\":\"files\"", "\"method\":\"files\",\"shard_size\":1")]
    [InlineData("\"hash_type\":\"sha256\"", "\"hash_type\":\"blake3\"")]
    [InlineData("statement/v1", "statement/v2")]
    [InlineData("signature/v1.0", "signature/v1.1")]
    [InlineData("amnion/sealed-model/1", "amnion/sealed-model/2")]
    [InlineData("\"context_length\":2048", "\"context_length\":2048.0")]
    [InlineData("\"context_length\":2048", "\"context_length\":2e3")]
    [InlineData("\"context_length\":2048", "\"context_length\":\"2048\"")]
    [InlineData("\"template\":\"chatml\"", "\"template\":null")]
    [InlineData("\"template\":\"chatml\"", "\"template\":\"\\ud800\"")]
    [InlineData("\"template\":\"chatml\"", "\"template\":\"\\u0063hatml\"")]
    [InlineData("\"commitment\":\"00", "\"commitment\":\"0")]
    [InlineData("0a0b0c", "0A0b0c")]
    [InlineData("\"key_id\"", "\"extra\":1,\"key_id\"")]
    public void Another_spelling_or_layout_is_refused(string from, string to)
    {
        var text = Encoding.UTF8.GetString(TestManifests.Manifest.Bytes.Span);
        var altered = from[0] == ' ' ? " " + text : text.Replace(from, to, StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(text, altered);
        RefusedBytes(ModelCodes.ManifestLayout, Encoding.UTF8.GetBytes(altered));
    }

    [Fact]
    public void Contradictions_are_refused()
    {
        RefusedEdit(ModelCodes.ManifestInconsistent, json => json["subject"]![0]!["digest"]!["sha256"] = new string('0', 64));
        RefusedEdit(ModelCodes.ManifestInconsistent, json => Amnion(json)["files"]![0]!["sealed_length"] = 64);
        RefusedEdit(ModelCodes.ManifestInconsistent, json => Amnion(json)["files"]![0]!["name"] = "LICENCE");
        RefusedEdit(ModelCodes.ManifestInconsistent, json => ((JsonArray)Amnion(json)["files"]!).RemoveAt(0));
        RefusedEdit(ModelCodes.ManifestLayout, json => ((JsonArray)json["subject"]!).Clear());
    }

    [Fact]
    public void No_altered_bytes_do_anything_but_parse_canonically_or_be_refused()
    {
        var original = TestManifests.Manifest.Bytes.ToArray();
        var random = new Random(7);
        for (var i = TestModels.FuzzIterations(2000); i > 0; i--)
        {
            var bytes = original.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (random.Next(5) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            try
            {
                Assert.Equal(bytes, ModelManifest.Parse(bytes).Bytes.ToArray());
            }
            catch (ManifestFormatException)
            {
                // Refused is what most of them should be.
            }
        }
    }

    [Fact]
    public void Weights_are_compared_with_what_the_manifest_says()
    {
        var bytes = TestModels.Bytes();
        var model = TestModels.Read(bytes);
        var content = TestManifests.Content with
        {
            Files = [new ModelFile("m.gguf", Digest.Sha256(bytes), bytes.Length)],
            ContextLength = model.ContextLength,
            Parameters = model.Parameters,
        };
        new ModelManifest(content).CheckWeights(model);
        Mismatch(content with { Architecture = "qwen2" });
        Mismatch(content with { ContextLength = 4096 });
        Mismatch(content with { Parameters = 5 });
        Mismatch(content with { Files = [new ModelFile("m.gguf", Digest.Sha256(bytes), bytes.Length + 1)] });
        var e = Assert.Throws<ChatTemplateException>(() => new ModelManifest(content with { Template = "gemma" }).CheckWeights(model));
        Assert.Equal(ModelCodes.TemplateMarkers, e.Code);

        void Mismatch(ModelManifestContent other) =>
            Assert.Equal(ModelCodes.ManifestInconsistent, Assert.Throws<ManifestFormatException>(() => new ModelManifest(other).CheckWeights(model)).Code);
    }

    static JsonNode Amnion(JsonNode json) => json["subject"]![0]!["annotations"]!["amnion"]!;

    static void RefusedEdit(string code, Action<JsonNode> edit)
    {
        var json = JsonNode.Parse(TestManifests.Manifest.Bytes.Span)!;
        edit(json);
        RefusedBytes(code, CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json.ToJsonString()), int.MaxValue, "test"));
    }

    static void Refused(string code, ModelManifestContent content) => Assert.Equal(code, Assert.Throws<ManifestFormatException>(() => new ModelManifest(content)).Code);

    static void RefusedBytes(string code, byte[] bytes) => Assert.Equal(code, Assert.Throws<ManifestFormatException>(() => ModelManifest.Parse(bytes)).Code);
}
