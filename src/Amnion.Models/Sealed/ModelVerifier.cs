using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Models.Manifest;
using Amnion.Sealing;

namespace Amnion.Models.Sealed;

/// <summary>Verifies sealed packages: the signature, which everybody can, and with the data key the content.</summary>
public static class ModelVerifier
{
    /// <summary>Verifies that the holder of <paramref name="signer"/> signed the package's manifest.</summary>
    public static ModelVerification VerifySignature(SealedModelPackage package, ECDsa signer)
    {
        ArgumentNullException.ThrowIfNull(package);
        return new ModelVerification(SignatureProblems(package, signer), ContentVerified: false);
    }

    /// <summary>As <see cref="VerifySignature"/>, and opens every file, compares its SHA-256 with the manifest and checks the weights' header.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ModelVerification VerifyFull(
        SealedModelPackage package, ECDsa signer, SecretBytes dataKey, IProgress<ModelProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(package);
        var problems = SignatureProblems(package, signer).ToBuilder();
        if (!package.Manifest.IsCommittedTo(dataKey))
        {
            problems.Add(new ModelProblem(ModelCodes.KeyCommitment, "data key", "is not the one that the manifest commits to"));
            return new ModelVerification(problems.ToImmutable(), ContentVerified: false);
        }

        var total = package.Files.Sum(file => file.PlainLength);
        var done = 0L;
        foreach (var file in package.Files)
        {
            void Advance(int bytes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                done += bytes;
                progress?.Report(new ModelProgress(done, total));
            }

            if (FileProblem(package.Manifest, file, dataKey, Advance) is { } problem)
            {
                problems.Add(problem);
            }
        }

        return new ModelVerification(problems.ToImmutable(), ContentVerified: true);
    }

    static ImmutableArray<ModelProblem> SignatureProblems(SealedModelPackage package, ECDsa signer)
    {
        try
        {
            return ModelSignature.Verify(package.Signature.Span, package.Manifest, signer) switch
            {
                OmsVerification.Accepted => [],
                OmsVerification.Rejected rejected => rejected.Problems,
                OmsVerification.Unsupported unsupported => [unsupported.Problem],
                var other => throw new InvalidOperationException(other.GetType().Name),
            };
        }
        catch (BundleFormatException e)
        {
            return [new ModelProblem(e.Code, e.Field, e.Message)];
        }
    }

    static ModelProblem? FileProblem(ModelManifest manifest, SealedFile file, SecretBytes dataKey, Action<int> advance)
    {
        try
        {
            if (file.Name == manifest.WeightsName)
            {
                using var header = new SealedFileStream(manifest, file, dataKey);
                manifest.CheckWeights(GgufFile.Read(header, file.PlainLength));
            }

            using var stream = new SealedFileStream(manifest, file, dataKey);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[SealedStreamFormat.SegmentPlaintext];
            for (int read; (read = stream.Read(buffer)) > 0; advance(read))
            {
                hash.AppendData(buffer, 0, read);
            }

            return hash.GetHashAndReset().AsSpan().SequenceEqual(file.File.Sha256.Bytes)
                ? null
                : new ModelProblem(ModelCodes.FileDigest, file.Name, "has another SHA-256 than the manifest says");
        }
        catch (SealedPackageException e)
        {
            return new ModelProblem(e.Code, file.Name, e.Message);
        }
        catch (GgufFormatException e)
        {
            return new ModelProblem(e.Code, file.Name, e.Message);
        }
        catch (ManifestFormatException e)
        {
            return new ModelProblem(e.Code, file.Name, e.Message);
        }
        catch (ChatTemplateException e)
        {
            return new ModelProblem(e.Code, file.Name, e.Message);
        }
    }
}
