using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Models.Manifest;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Models.Sealed;

/// <summary>Makes sealed model packages. Every file is read twice: its digest is in the manifest, and the manifest's is in every sealed file.</summary>
public static class ModelSealer
{
    const int HashBufferBytes = 1 << 20;

    // Segments in memory at once, plain and sealed: 16 MiB together.
    const int BatchSegments = 8;

    /// <summary>Seals a model into a new folder, which appears whole or not at all.</summary>
    /// <returns>The manifest; its digest is the model's identity.</returns>
    /// <exception cref="GgufFormatException">The weights are not an accepted GGUF file.</exception>
    /// <exception cref="ChatTemplateException">The chat template is unknown, or the vocabulary does not carry it.</exception>
    /// <exception cref="ManifestFormatException">A name breaks a rule of the manifest.</exception>
    /// <exception cref="SealedPackageException">The destination exists, or a file changed meanwhile.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static ModelManifest Seal(ModelSealRequest request, IProgress<ModelProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var destination = Path.GetFullPath(request.Destination);
        if (Path.Exists(destination))
        {
            throw new SealedPackageException(ModelCodes.DestinationExists, $"\"{destination}\" exists already.");
        }

        // Before anything that takes long; what is said about the weights is read again after their digest.
        _ = ChooseTemplate(request.Template, GgufFile.Read(request.Weights));
        var weightsName = Path.GetFileName(request.Weights);
        var sources = request.OtherFiles.Add(weightsName, request.Weights).OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        var work = new Work(progress, 2 * sources.Sum(file => new FileInfo(file.Value).Length), cancellationToken);
        ModelFileNames.Check([.. sources.Select(file => file.Key)]);
        ImmutableArray<ModelFile> files = [.. sources.Select(file => Describe(file.Key, file.Value, work))];
        var model = GgufFile.Read(request.Weights);
        var manifest = new ModelManifest(new ModelManifestContent
        {
            Name = request.Name ?? Path.GetFileNameWithoutExtension(weightsName),
            Files = files,
            KeyId = request.KeyId,
            Commitment = [.. KeyCommitment.Compute(request.DataKey)],
            Architecture = model.Architecture.Name,
            Template = ChooseTemplate(request.Template, model),
            ContextLength = model.ContextLength,
            Parameters = model.Parameters,
        });
        WritePackage(destination, manifest, ModelSignature.Sign(manifest, request.Signer), temporary =>
        {
            foreach (var (file, source) in manifest.Content.Files.Zip(sources))
            {
                SealFile(manifest, file, source.Value, SealedModelPackage.PathOf(temporary, file.Name), request.DataKey, work);
            }
        });
        return manifest;
    }

    static string ChooseTemplate(string? named, GgufModel model)
    {
        if (named == ModelManifest.NoTemplate || (named is null && model.ChatTemplateText is null))
        {
            return ModelManifest.NoTemplate;
        }

        var template = named is null ? ChatTemplate.Recognise(model.ChatTemplateText) : ChatTemplate.Find(named);
        if (template is null)
        {
            var names = string.Join(", ", ChatTemplate.All.Select(known => known.Name));
            throw new ChatTemplateException(ModelCodes.TemplateUnknown, $"The chat template is none of the known ones; name one of {names} or \"{ModelManifest.NoTemplate}\".");
        }

        template.CheckVocabulary(model.Tokenizer);
        return template.Name;
    }

    static ModelFile Describe(string name, string path, Work work)
    {
        using var source = Open(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HashBufferBytes];
        var length = 0L;
        for (int read; (read = source.Read(buffer)) > 0; length += read)
        {
            hash.AppendData(buffer, 0, read);
            work.Advance(read);
        }

        return new ModelFile(name, Digest.FromBytes(hash.GetHashAndReset()), length);
    }

    static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);

    static void WritePackage(string destination, ModelManifest manifest, byte[] signature, Action<string> writeFiles)
    {
        // Beside the destination, so that the final rename stays within one file system.
        var temporary = $"{destination}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.partial";
        Directory.CreateDirectory(temporary);
        try
        {
            writeFiles(temporary);
            WriteDurably(Path.Combine(temporary, SealedModelPackage.ManifestName), manifest.Bytes.Span);
            WriteDurably(Path.Combine(temporary, SealedModelPackage.SignatureName), signature);
            Directory.Move(temporary, destination);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    static void WriteDurably(string path, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    static void SealFile(ModelManifest manifest, ModelFile file, string source, string target, SecretBytes dataKey, Work work)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var input = Open(source);
        using var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var sealer = SealedStreamSealer.Create(dataKey, SealedModelPackage.AssociatedData(manifest.Digest, file.Name, file.PlainLength));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        output.SetLength(SealedStreamFormat.CiphertextLength(file.PlainLength));
        output.Write(sealer.Header);
        var plain = new byte[BatchSegments * SealedStreamFormat.SegmentPlaintext];
        var cipher = new byte[BatchSegments * SealedStreamFormat.SegmentLength];
        var segments = SealedStreamFormat.SegmentCount(file.PlainLength);
        for (uint first = 0; first < segments; first += BatchSegments)
        {
            var end = Math.Min(segments, first + BatchSegments);
            var offset = SealedStreamFormat.PlaintextOffset(first);
            var length = (int)((end == segments ? file.PlainLength : SealedStreamFormat.PlaintextOffset(end)) - offset);
            if (input.ReadAtLeast(plain.AsSpan(0, length), length, throwOnEndOfStream: false) != length)
            {
                throw Changed(file);
            }

            var start = first;
            Together(
                () => hash.AppendData(plain, 0, length),
                () => output.Write(cipher, 0, SealBatch(sealer, file.PlainLength, start, end, plain, cipher)));
            work.Advance(length);
        }

        // Sealed must be what the manifest says, even where somebody wrote to the file between the two readings.
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(file.Sha256.Bytes) || input.ReadByte() >= 0)
        {
            throw Changed(file);
        }

        output.Flush(flushToDisk: true);
    }

    // The digest takes longer than sealing and writing; together they take two processors.
    static void Together(Action digest, Action seal)
    {
        try
        {
            Parallel.Invoke(digest, seal);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    static int SealBatch(SealedStreamSealer sealer, long plainLength, uint first, uint end, byte[] plain, byte[] cipher)
    {
        int from = 0, to = 0;
        for (var index = first; index < end; index++)
        {
            var length = SealedStreamFormat.SegmentPlaintextLength(index, plainLength);
            to += sealer.SealSegment(index, last: index == SealedStreamFormat.SegmentCount(plainLength) - 1, plain.AsSpan(from, length), cipher.AsSpan(to));
            from += length;
        }

        return to;
    }

    static SealedPackageException Changed(ModelFile file) => new(ModelCodes.SourceChanged, $"\"{file.Name}\" changed while it was being sealed.");

    sealed class Work(IProgress<ModelProgress>? progress, long total, CancellationToken cancellationToken)
    {
        long _done;

        public void Advance(long bytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _done += bytes;
            progress?.Report(new ModelProgress(_done, total));
        }
    }
}
