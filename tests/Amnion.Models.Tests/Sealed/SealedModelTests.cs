using System.Security.Cryptography;
using System.Text;
using Amnion.Models.Manifest;
using Amnion.Models.Sealed;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Models.Tests.Sealed;

public class SealedModelTests : IDisposable
{
    readonly SealedModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void What_is_sealed_opens_and_is_the_same()
    {
        var package = _models.Seal();
        Assert.Equal(["LICENSE", "docs/card.md", "tiny.gguf"], package.Files.Select(file => file.Name));
        Assert.Equal("tiny", package.Manifest.Content.Name);
        Assert.Equal("chatml", package.Manifest.Content.Template);
        Assert.True(package.Files[2].Segments >= 4);
        Assert.Equal(_models.Folder["sealed/files/docs/card.md.sealed"], package.Files[1].Path);
        var verification = _models.Verify();
        Assert.Empty(verification.Problems);
        Assert.True(verification is { Accepted: true, ContentVerified: true });
        Assert.Equal(File.ReadAllBytes(_models.Weights), Open(package, "tiny.gguf"));
        Assert.Equal([1, 2, 3], Open(package, "LICENSE"));
    }

    [Fact]
    public void Signature_alone_verifies_without_the_data_key()
    {
        var verification = ModelVerifier.VerifySignature(_models.Seal(), _models.Signer);
        Assert.True(verification is { Accepted: true, ContentVerified: false });
    }

    [Fact]
    public void Associated_data_is_canonical_json_of_length_manifest_and_path() => Assert.Equal(
        $$"""{"length":5,"manifest":"{{TestManifests.Manifest.Digest}}","path":"a/b"}""",
        Encoding.UTF8.GetString(SealedModelPackage.AssociatedData(TestManifests.Manifest.Digest, "a/b", 5)));

    [Fact]
    public void Segments_open_in_any_order_and_at_the_same_time()
    {
        var package = _models.Seal();
        var bytes = File.ReadAllBytes(package.Files[2].Path);
        var plain = File.ReadAllBytes(_models.Weights);
        using var opener = SealedFileOpener.Create(package.Manifest, "tiny.gguf", _models.DataKey, bytes.AsSpan(0, 40));
        Parallel.For(0, (int)opener.Segments, i =>
        {
            var index = opener.Segments - 1 - (uint)i;
            var destination = new byte[opener.PlaintextLength(index)];
            Assert.True(opener.TryOpenSegment(index, Ciphertext(opener, bytes, index), destination));
            Assert.True(plain.AsSpan((int)SealedFileOpener.PlaintextOffset(index), destination.Length).SequenceEqual(destination));
        });
    }

    /// <summary>A sealed file has no unauthenticated bits: the header keys the cipher, and segments and their tags are AEAD. AMNION_EXHAUSTIVE=1 raises the sample.</summary>
    [Fact]
    public void Every_flipped_bit_of_a_header_and_sampled_ones_of_every_segment_are_refused()
    {
        var package = _models.Seal();
        var bytes = File.ReadAllBytes(package.Files[2].Path);
        foreach (var bit in Enumerable.Range(0, SealedStreamFormat.HeaderLength * 8))
        {
            AssertRefused(package, "tiny.gguf", bytes, 0, bit);
        }

        var sampled = TestModels.Exhaustive ? 10_000 : 12;
        var random = new Random(5);
        for (uint index = 0; index < package.Files[2].Segments; index++)
        {
            var start = (int)SealedFileOpener.CiphertextOffset(index) * 8;
            var end = (int)Math.Min(bytes.Length, SealedFileOpener.CiphertextOffset(index + 1)) * 8;
            int[] edges = TestModels.Exhaustive ? [.. Enumerable.Range(start, 512), .. Enumerable.Range(end - 512, 512)] : [start, end - 1, end - 128, end - 129];
            foreach (var bit in edges.Concat(Enumerable.Range(0, sampled).Select(_ => random.Next(start, end))).Distinct())
            {
                AssertRefused(package, "tiny.gguf", bytes, index, bit);
            }

            Assert.True(Opens(package, "tiny.gguf", bytes, index));
        }
    }

    [Fact]
    public void Every_flipped_bit_of_a_small_sealed_file_is_refused()
    {
        var package = _models.Seal();
        var bytes = File.ReadAllBytes(package.Files[0].Path);
        foreach (var bit in Enumerable.Range(0, bytes.Length * 8))
        {
            AssertRefused(package, "LICENSE", bytes, 0, bit);
        }

        Assert.True(Opens(package, "LICENSE", bytes, 0));
    }

    [Fact]
    public void A_flipped_bit_on_disk_fails_full_verification()
    {
        var package = _models.Seal();
        Flip(package.Files[2].Path, 2_500_000);
        var problem = Assert.Single(_models.Verify().Problems);
        Assert.Equal((ModelCodes.SealedFile, "tiny.gguf"), (problem.Code, problem.Field));
    }

    [Fact]
    public void A_failed_segment_leaves_no_plaintext()
    {
        var package = _models.Seal();
        var bytes = File.ReadAllBytes(package.Files[2].Path);
        using var opener = SealedFileOpener.Create(package.Manifest, "tiny.gguf", _models.DataKey, bytes.AsSpan(0, 40));
        var ciphertext = Ciphertext(opener, bytes, 1).ToArray();
        ciphertext[^1] ^= 1;
        var destination = new byte[opener.PlaintextLength(1)];
        destination.AsSpan().Fill(0xAA);
        Assert.False(opener.TryOpenSegment(1, ciphertext, destination));
        Assert.True(!destination.AsSpan().ContainsAnyExcept((byte)0));
        destination.AsSpan().Fill(0xAA);
        Assert.False(opener.TryOpenSegment(1, ciphertext.AsSpan(1), destination));
        Assert.True(!destination.AsSpan().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_last_segment_of_another_length_is_refused()
    {
        var package = _models.Seal();
        var bytes = File.ReadAllBytes(package.Files[2].Path);
        using var opener = SealedFileOpener.Create(package.Manifest, "tiny.gguf", _models.DataKey, bytes.AsSpan(0, 40));
        var last = opener.Segments - 1;
        var ciphertext = Ciphertext(opener, bytes, last);
        Assert.False(opener.TryOpenSegment(last, ciphertext[..^1], new byte[opener.PlaintextLength(last)]));
        Assert.False(opener.TryOpenSegment(last, [], new byte[opener.PlaintextLength(last)]));
        Assert.True(opener.TryOpenSegment(last, ciphertext, new byte[opener.PlaintextLength(last)]));
    }

    [Fact]
    public void Segments_in_each_others_place_are_refused()
    {
        var package = _models.Seal();
        var bytes = File.ReadAllBytes(package.Files[2].Path);
        using var opener = SealedFileOpener.Create(package.Manifest, "tiny.gguf", _models.DataKey, bytes.AsSpan(0, 40));
        Assert.Equal(opener.CiphertextLength(1), opener.CiphertextLength(2));
        Assert.False(opener.TryOpenSegment(1, Ciphertext(opener, bytes, 2), new byte[opener.PlaintextLength(1)]));
    }

    [Fact]
    public void Files_in_each_others_place_are_refused()
    {
        var package = _models.Seal();
        var (first, second) = (package.Files[0].Path, package.Files[1].Path);
        Assert.Equal(package.Files[0].SealedLength, package.Files[1].SealedLength);
        File.Move(first, first + ".tmp");
        File.Move(second, first);
        File.Move(first + ".tmp", second);
        Assert.Equal([(ModelCodes.SealedFile, "LICENSE"), (ModelCodes.SealedFile, "docs/card.md")], _models.Verify().Problems.Select(problem => (problem.Code, problem.Field)));
    }

    [Fact]
    public void A_file_of_another_package_under_the_same_key_is_refused()
    {
        var package = _models.Seal();
        ModelSealer.Seal(_models.RequestWithOthers("other") with { Name = "other" });
        File.Copy(SealedModelPackage.Open(_models.Folder["other"]).Files[0].Path, package.Files[0].Path, overwrite: true);
        Assert.Equal([(ModelCodes.SealedFile, "LICENSE")], _models.Verify().Problems.Select(problem => (problem.Code, problem.Field)));
    }

    [Fact]
    public void Another_data_key_is_refused_before_anything_is_opened()
    {
        var package = _models.Seal();
        using var other = SecretBytes.Random(32);
        var verification = ModelVerifier.VerifyFull(package, _models.Signer, other);
        Assert.Equal([ModelCodes.KeyCommitment], verification.Problems.Select(problem => problem.Code));
        Assert.False(verification.ContentVerified);
        var e = Assert.Throws<SealedPackageException>(() => SealedFileOpener.Create(package.Manifest, "tiny.gguf", other, new byte[40]));
        Assert.Equal(ModelCodes.KeyCommitment, e.Code);
    }

    [Fact]
    public void Another_signer_is_refused()
    {
        var package = _models.Seal();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal([ModelCodes.SignatureKeyMismatch, ModelCodes.SignatureInvalid], ModelVerifier.VerifySignature(package, other).Problems.Select(problem => problem.Code));
    }

    [Fact]
    public void A_manifest_with_a_flipped_bit_is_refused_by_signature_and_by_every_file()
    {
        var package = _models.Seal();
        var path = _models.Folder["sealed/manifest.json"];
        var bytes = File.ReadAllBytes(path);
        var at = Encoding.UTF8.GetString(bytes).IndexOf("\"key_id\":\"tiny\"", StringComparison.Ordinal) + 10;
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
        var verification = _models.Verify();
        Assert.Equal(
            [ModelCodes.SignedOtherManifest, ModelCodes.SealedFile, ModelCodes.SealedFile, ModelCodes.SealedFile],
            verification.Problems.Select(problem => problem.Code));
        Assert.NotEqual(package.Manifest.Digest, SealedModelPackage.Open(_models.Folder["sealed"]).Manifest.Digest);
    }

    [Fact]
    public void A_signature_that_is_no_bundle_is_a_problem_and_no_exception()
    {
        _models.Seal();
        File.WriteAllText(_models.Folder["sealed/model.sig"], "{}");
        Assert.Equal([ModelCodes.BundleLayout], _models.Verify().Problems.Select(problem => problem.Code));
    }

    [Fact]
    public void A_cut_or_longer_file_is_refused_when_opened()
    {
        var path = _models.Seal().Files[2].Path;
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^1]);
        OpenRefused(ModelCodes.PackageLength);
        File.WriteAllBytes(path, [.. bytes, 0]);
        OpenRefused(ModelCodes.PackageLength);
        File.WriteAllBytes(_models.Folder["sealed/model.sig"], new byte[SealedModelPackage.MaxSignatureLength + 1]);
        OpenRefused(ModelCodes.PackageLength);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("model.sig")]
    [InlineData("files/LICENSE.sealed")]
    public void A_missing_file_is_refused_when_opened(string name)
    {
        _models.Seal();
        File.Delete(_models.Folder["sealed/" + name]);
        OpenRefused(ModelCodes.PackageFiles);
    }

    [Fact]
    public void A_file_the_manifest_does_not_name_is_refused_when_opened()
    {
        _models.Seal();
        _models.Folder.Write("sealed/files/more.sealed", [1]);
        OpenRefused(ModelCodes.PackageFiles);
    }

    [Fact]
    public void A_folder_that_links_to_itself_is_opened_without_going_in_circles()
    {
        _models.Seal();
        Directory.CreateSymbolicLink(_models.Folder["sealed/files/again"], _models.Folder["sealed"]);
        Assert.Equal(3, SealedModelPackage.Open(_models.Folder["sealed"]).Files.Length);
    }

    [Fact]
    public void Content_that_is_not_what_the_owner_signed_for_is_found()
    {
        // A publisher that signs one digest and seals other bytes, and calls a llama a gemma.
        var weights = File.ReadAllBytes(_models.Weights);
        var model = TestModels.Read(weights);
        var manifest = new ModelManifest(new ModelManifestContent
        {
            Name = "lie",
            Files = [new ModelFile("a.txt", Digest.Sha256("good"u8), 4), new ModelFile("m.gguf", Digest.Sha256(weights), weights.Length)],
            KeyId = "k",
            Commitment = [.. KeyCommitment.Compute(_models.DataKey)],
            Architecture = "gemma3",
            Template = "none",
            ContextLength = model.ContextLength,
            Parameters = model.Parameters,
        });
        _models.Folder.Write("lie/manifest.json", manifest.Bytes.ToArray());
        _models.Folder.Write("lie/model.sig", ModelSignature.Sign(manifest, _models.Signer));
        WriteSealed(manifest, "a.txt", "evil"u8.ToArray());
        WriteSealed(manifest, "m.gguf", weights);
        var verification = _models.Verify("lie");
        Assert.Equal([ModelCodes.FileDigest, ModelCodes.ManifestInconsistent], verification.Problems.Select(problem => problem.Code));
    }

    static byte[] Open(SealedModelPackage package, SealedFile file, SecretBytes key)
    {
        var bytes = File.ReadAllBytes(file.Path);
        using var opener = SealedFileOpener.Create(package.Manifest, file.Name, key, bytes.AsSpan(0, SealedStreamFormat.HeaderLength));
        var plain = new byte[file.PlainLength];
        for (uint index = 0; index < opener.Segments; index++)
        {
            Assert.True(opener.TryOpenSegment(index, Ciphertext(opener, bytes, index), plain.AsSpan((int)SealedFileOpener.PlaintextOffset(index), opener.PlaintextLength(index))));
        }

        return plain;
    }

    byte[] Open(SealedModelPackage package, string name) => Open(package, package.Files.Single(file => file.Name == name), _models.DataKey);

    void AssertRefused(SealedModelPackage package, string name, byte[] bytes, uint index, int bit)
    {
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        Assert.False(Opens(package, name, bytes, index), $"bit {bit} of {name}");
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
    }

    bool Opens(SealedModelPackage package, string name, byte[] bytes, uint index)
    {
        try
        {
            using var opener = SealedFileOpener.Create(package.Manifest, name, _models.DataKey, bytes.AsSpan(0, SealedStreamFormat.HeaderLength));
            return opener.TryOpenSegment(index, Ciphertext(opener, bytes, index), new byte[opener.PlaintextLength(index)]);
        }
        catch (SealedPackageException e)
        {
            Assert.Equal(ModelCodes.SealedFile, e.Code);
            return false;
        }
    }

    void WriteSealed(ModelManifest manifest, string name, byte[] plain)
    {
        using var sealer = SealedStreamSealer.Create(_models.DataKey, SealedModelPackage.AssociatedData(manifest.Digest, name, plain.Length));
        using var sealedBytes = new MemoryStream();
        sealedBytes.Write(sealer.Header);
        for (uint index = 0; index < SealedStreamFormat.SegmentCount(plain.Length); index++)
        {
            var part = plain.AsSpan((int)SealedStreamFormat.PlaintextOffset(index), SealedStreamFormat.SegmentPlaintextLength(index, plain.Length));
            var segment = new byte[part.Length + 16];
            sealer.SealSegment(index, index == SealedStreamFormat.SegmentCount(plain.Length) - 1, part, segment);
            sealedBytes.Write(segment);
        }

        _models.Folder.Write($"lie/files/{name}.sealed", sealedBytes.ToArray());
    }

    void OpenRefused(string code) => Assert.Equal(code, Assert.Throws<SealedPackageException>(() => SealedModelPackage.Open(_models.Folder["sealed"])).Code);

    static ReadOnlySpan<byte> Ciphertext(SealedFileOpener opener, byte[] bytes, uint index) => bytes.AsSpan((int)SealedFileOpener.CiphertextOffset(index), opener.CiphertextLength(index));

    static void Flip(string path, int position)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[position] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
