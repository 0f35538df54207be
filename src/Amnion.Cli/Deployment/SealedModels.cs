using System.Runtime.Versioning;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Cli.State;
using Amnion.KeyBroker;
using Amnion.Models;
using Amnion.Models.Sealed;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Sealing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.Cli.Deployment;

/// <summary>Seals models into AMNION_HOME and hands their keys to the broker's store. A model already sealed is not sealed again.</summary>
[SupportedOSPlatform("linux")]
static class SealedModels
{
    /// <summary>The toy model that comes with the source.</summary>
    public static string DemoModel()
    {
        var samples = Environment.GetEnvironmentVariable("AMNION_SAMPLES") ?? Path.Combine(AppContext.BaseDirectory, "..", "..", "samples");
        var path = Path.Combine(samples, "demo-model", "clinic-demo.gguf");
        return File.Exists(path) ? Path.GetFullPath(path) : throw new CliException(ExitCode.Malformed, $"the demo model \"{path}\" is missing", "start amnion through the launcher ./amnion, or pass --model FILE.gguf", CliCodes.FileUnreadable);
    }

    /// <summary>The model sealed, its key at the broker under the policy that follows.</summary>
    public static (DeployedModel Model, AppraisalPolicy Policy) Ensure(AmnionHome home, string weights, EnclaveTarget target, string anchor, KeyStore store, IProgress<ModelProgress>? progress, CancellationToken cancellation)
    {
        if (!File.Exists(weights))
        {
            throw new CliException(ExitCode.Malformed, $"the model \"{weights}\" does not exist", "pass --model FILE.gguf", CliCodes.FileUnreadable);
        }

        using var signer = Signers.Model(home);
        var source = HashOf(weights);
        var name = source.Hex[..16];
        var recordPath = Path.Combine(home.Models, name + ".json");
        var record = SealRecord.Find(recordPath);
        var known = record is not null && store.List().Any(key => key.Id == record.KeyId && key.State == KeyState.Active);
        if (record is null || !known || !Directory.Exists(record.Folder))
        {
            record = Seal(home, weights, source, Path.Combine(home.Models, name), null, target, anchor, store, signer, progress, cancellation);
            record.Write(recordPath);
        }

        var model = Load(home, record.Folder, target, store.Tenants.SignerDigest());
        var policy = PolicyOf(model, record.Model, target, anchor);
        store.Grant(record.KeyId, policy);
        return (model, policy);
    }

    /// <summary>Seals into <paramref name="folder"/>, which must not exist, and gives the key to the broker's store.</summary>
    public static SealRecord Seal(AmnionHome home, string weights, Digest source, string folder, string? template, EnclaveTarget target, string anchor, KeyStore store, ECDsa signer, IProgress<ModelProgress>? progress, CancellationToken cancellation)
    {
        if (Directory.Exists(folder))
        {
            // A package whose key is lost opens for nobody.
            Directory.Delete(folder, recursive: true);
        }

        var keyId = KeyIdFor(source);
        using var dataKey = SecretBytes.Random(KeyStore.KeyLength);
        var manifest = ModelSealer.Seal(new ModelSealRequest { Weights = weights, Destination = folder, Template = template, DataKey = dataKey, KeyId = keyId, Signer = signer }, progress, cancellation);
        store.CreateWithKey(keyId, dataKey, PolicyOf(Load(home, folder, target, store.Tenants.SignerDigest()), manifest.Digest, target, anchor));
        return new SealRecord(folder, manifest.Digest, keyId, new FileInfo(weights).Length, source);
    }

    /// <summary>
    /// Seals into <paramref name="folder"/>, which must not exist, under a data key that AWS KMS alone keeps. Its encrypted form is written beside the
    /// folder; this machine forgets the key.
    /// </summary>
    public static async Task<SealRecord> SealForKmsAsync(KmsWrapping kms, string weights, Digest source, string folder, string? template, ECDsa signer, IProgress<ModelProgress>? progress, CancellationToken cancellation)
    {
        var keyId = KeyIdFor(source);
        using var dataKey = SecretBytes.Random(KeyStore.KeyLength);

        // First: a KMS that refuses is found before hours of sealing.
        var wrapped = await kms.WrapAsync(keyId, dataKey, cancellation).ConfigureAwait(false);
        var manifest = ModelSealer.Seal(new ModelSealRequest { Weights = weights, Destination = folder, Template = template, DataKey = dataKey, KeyId = keyId, Signer = signer }, progress, cancellation);
        await File.WriteAllBytesAsync(ModelSources.KmsFileOf(folder), wrapped.ToJson(), cancellation).ConfigureAwait(false);
        return new SealRecord(folder, manifest.Digest, keyId, new FileInfo(weights).Length, source);
    }

    /// <summary>A package that was sealed before, by this machine's owner, and the policy that follows from it.</summary>
    /// <exception cref="CliException">It is not signed by this machine's owner.</exception>
    public static (DeployedModel Model, AppraisalPolicy Policy) Existing(AmnionHome home, string folder, ModelSources sources, EnclaveTarget target, string anchor, KeyStore store)
    {
        var model = Load(home, folder, target, store.Tenants.SignerDigest(), sources, NullLoggerFactory.Instance);
        using var signer = Signers.ModelPublic(home);
        if (!ModelVerifier.VerifySignature(SealedModelPackage.OpenManifest(folder), signer).Accepted)
        {
            throw new CliException(ExitCode.Rejected, $"the sealed model \"{folder}\" is not signed by this machine's owner", "amnion model verify lists what is wrong; seal the model here", ModelCodes.SignatureInvalid);
        }

        var policy = PolicyOf(model, model.Manifest.Digest, target, anchor);
        if (model.KeySource is null)
        {
            store.Grant(model.Manifest.Content.KeyId, policy);
        }

        return (model, policy);
    }

    /// <summary>Reads a package as it is on disk; what is wrong with it the enclave finds.</summary>
    /// <param name="home">Where the model owner's public key is.</param>
    /// <param name="folder">The package.</param>
    /// <param name="target">What will serve it.</param>
    /// <param name="configurationSigner">As the key broker publishes it.</param>
    public static DeployedModel Load(AmnionHome home, string folder, EnclaveTarget target, Digest configurationSigner) => Load(home, folder, target, configurationSigner, ModelSources.Local, NullLoggerFactory.Instance);

    /// <summary>As above; sealed files and data key come from where <paramref name="sources"/> says.</summary>
    public static DeployedModel Load(AmnionHome home, string folder, EnclaveTarget target, Digest configurationSigner, ModelSources sources, ILoggerFactory loggers)
    {
        using var signer = Signers.ModelPublic(home);
        var modelSigner = signer.ExportSubjectPublicKeyInfo();
        var package = sources.Weights is null ? SealedModelPackage.Open(folder) : SealedModelPackage.OpenManifest(folder);
        return new DeployedModel
        {
            Folder = folder,
            Manifest = package.Manifest,
            ConfigurationSigner = configurationSigner,
            Files = [.. sources.FilesOf(package, loggers)],
            KeySource = sources.KeySource(folder),
            Boot = new BootRequest
            {
                Manifest = [.. package.Manifest.Bytes.Span],
                Signature = [.. package.Signature.Span],
                ModelSigner = [.. modelSigner],
                Engine = [.. EngineSettings.Engine(configurationSigner, Digest.Sha256(modelSigner), package.Manifest.Content.ContextLength, target.Facts).ToJson()],
                Guard = [.. GuardFile.Read(home).ToJson()],
                Suites = [.. EngineSettings.Suites.ToJson()],
            },
        };
    }

    /// <summary>The policy with the model digest that sealing gave.</summary>
    public static AppraisalPolicy PolicyOf(DeployedModel model, Digest sealedAs, EnclaveTarget target, string anchor) => Policies.For(target.Platform, target.Registers, sealedAs, model.EngineDigest, model.GuardDigest, anchor);

    // A name of its own for every sealing: a broker never holds two keys for one model under one name.
    static string KeyIdFor(Digest source) => $"model-{source.Hex[..12]}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    /// <summary>SHA-256 of a file.</summary>
    public static Digest HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Digest.FromBytes(SHA256.HashData(file));
    }
}
