using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Models.Manifest;
using Amnion.Models.Sealed;
using Amnion.Models.Tests.Gguf;

namespace Amnion.Models.Tests.Sealed;

public class ModelSealerTests : IDisposable
{
    readonly SealedModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void An_existing_destination_is_refused_and_stays()
    {
        _models.Folder.Write("sealed/mine.txt", [1]);
        Assert.Equal(ModelCodes.DestinationExists, Assert.Throws<SealedPackageException>(() => ModelSealer.Seal(_models.Request("sealed"))).Code);
        Assert.Equal([1], File.ReadAllBytes(_models.Folder["sealed/mine.txt"]));
    }

    [Fact]
    public void Weights_that_are_no_model_are_refused_before_anything_is_written()
    {
        var request = _models.Request("sealed") with { Weights = _models.Folder.Write("bad.gguf", [1, 2, 3, 4, 5]) };
        Assert.Equal(ModelCodes.GgufMagic, Assert.Throws<GgufFormatException>(() => ModelSealer.Seal(request)).Code);
        NothingIsLeft();
    }

    [Fact]
    public void A_source_that_changes_meanwhile_is_refused_and_leaves_nothing()
    {
        var request = _models.Request("sealed");
        var length = new FileInfo(_models.Weights).Length;
        var progress = new Report(p =>
        {
            // Right after the first reading.
            if (p.Done == length)
            {
                var bytes = File.ReadAllBytes(_models.Weights);
                bytes[^1] ^= 1;
                File.WriteAllBytes(_models.Weights, bytes);
            }
        });
        Assert.Equal(ModelCodes.SourceChanged, Assert.Throws<SealedPackageException>(() => ModelSealer.Seal(request, progress)).Code);
        NothingIsLeft();
    }

    [Fact]
    public void A_source_that_is_cut_or_grows_meanwhile_is_refused()
    {
        var original = File.ReadAllBytes(_models.Weights);
        foreach (var (at, bytes) in new[] { (1, original[..^1]), (2, [.. original, 0]) })
        {
            // Cut after the first reading; grown at the end of the second.
            var progress = new Report(p =>
            {
                if (p.Done == at * original.Length)
                {
                    File.WriteAllBytes(_models.Weights, bytes);
                }
            });
            var e = Assert.ThrowsAny<Exception>(() => ModelSealer.Seal(_models.Request("sealed"), progress));
            Assert.Equal(at == 1 ? ModelCodes.GgufTensorBounds : ModelCodes.SourceChanged, (e as GgufFormatException)?.Code ?? ((SealedPackageException)e).Code);
            File.WriteAllBytes(_models.Weights, original);
        }

        NothingIsLeft();
    }

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Report(p =>
        {
            if (p.Done > p.Total / 2)
            {
                cancellation.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => ModelSealer.Seal(_models.RequestWithOthers("sealed"), progress, cancellation.Token));
        NothingIsLeft();
    }

    [Fact]
    public void Progress_rises_to_its_total()
    {
        var seen = new List<ModelProgress>();
        ModelSealer.Seal(_models.RequestWithOthers("sealed"), new Report(seen.Add));
        Assert.True(seen.Zip(seen.Skip(1)).All(pair => pair.First.Done <= pair.Second.Done));
        Assert.Equal(seen[^1].Total, seen[^1].Done);
        Assert.Equal(2 * (new FileInfo(_models.Weights).Length + 6), seen[^1].Total);
    }

    [Fact]
    public void The_same_model_sealed_twice_has_one_identity_and_other_bytes()
    {
        var first = ModelSealer.Seal(_models.Request("one"));
        var second = ModelSealer.Seal(_models.Request("two"));
        Assert.Equal(first.Digest, second.Digest);
        Assert.NotEqual(File.ReadAllBytes(_models.Folder["one/files/tiny.gguf.sealed"]), File.ReadAllBytes(_models.Folder["two/files/tiny.gguf.sealed"]));
    }

    [Fact]
    public void An_unknown_template_must_be_named()
    {
        var request = _models.Request("sealed") with { Weights = _models.Folder.Write("t.gguf", RawGguf.Of().Set("tokenizer.chat_template", "{{ 1 }}").ToBytes()) };
        Assert.Equal(ModelCodes.TemplateUnknown, Assert.Throws<ChatTemplateException>(() => ModelSealer.Seal(request)).Code);
        Assert.Equal(ModelCodes.TemplateUnknown, Assert.Throws<ChatTemplateException>(() => ModelSealer.Seal(request with { Template = "jinja" })).Code);
        Assert.Equal("none", ModelSealer.Seal(request with { Template = "none" }).Content.Template);
        Assert.Equal("chatml", ModelSealer.Seal(request with { Template = "chatml", Destination = _models.Folder["two"] }).Content.Template);
    }

    [Fact]
    public void A_model_without_a_template_is_sealed_for_completion_only()
    {
        var request = _models.Request("sealed") with { Weights = _models.Folder.Write("t.gguf", RawGguf.Of().Remove("tokenizer.chat_template").ToBytes()) };
        Assert.Null(ModelSealer.Seal(request).Template);
    }

    [Fact]
    public void A_vocabulary_that_does_not_carry_the_template_is_refused()
    {
        var request = _models.Request("sealed") with { Template = "llama3" };
        Assert.Equal(ModelCodes.TemplateMarkers, Assert.Throws<ChatTemplateException>(() => ModelSealer.Seal(request)).Code);
        NothingIsLeft();
    }

    [Fact]
    public void A_file_name_that_no_manifest_may_hold_is_refused()
    {
        var request = _models.Request("sealed") with { Weights = _models.Folder.Write("my model.gguf", TestModels.Bytes()) };
        Assert.Equal(ModelCodes.ManifestPath, Assert.Throws<ManifestFormatException>(() => ModelSealer.Seal(request)).Code);
        NothingIsLeft();
    }

    [Fact]
    public void An_empty_file_beside_the_weights_is_sealed_too()
    {
        var request = _models.Request("sealed");
        ModelSealer.Seal(request with { OtherFiles = request.OtherFiles.Add("EMPTY", _models.Folder.Write("e", [])) });
        Assert.Empty(_models.Verify().Problems);
    }

    void NothingIsLeft() => Assert.Empty(Directory.GetDirectories(_models.Folder.Path));

    sealed class Report(Action<ModelProgress> action) : IProgress<ModelProgress>
    {
        void IProgress<ModelProgress>.Report(ModelProgress value) => action(value);
    }
}
