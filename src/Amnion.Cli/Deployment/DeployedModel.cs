using Amnion.Host;
using Amnion.Models.Manifest;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Cli.Deployment;

/// <summary>A sealed model on this machine with everything an enclave is told at boot, and the policy that follows from it.</summary>
sealed record DeployedModel
{
    /// <summary>The sealed package's folder.</summary>
    public required string Folder { get; init; }

    public required ModelManifest Manifest { get; init; }

    /// <summary>What an enclave measures and checks at boot, read from the package as it is on disk.</summary>
    public required BootRequest Boot { get; init; }

    /// <summary>Where every sealed file is.</summary>
    public required IReadOnlyList<SealedFile> Files { get; init; }

    /// <summary>The key broker's signer, which <see cref="Boot"/> names.</summary>
    public required Digest ConfigurationSigner { get; init; }

    /// <summary>Who gives the enclave the data key; null for the key broker.</summary>
    public IKeySource? KeySource { get; init; }

    public Digest EngineDigest => Digest.Sha384(Boot.Engine.AsSpan());

    public Digest GuardDigest => Digest.Sha384(Boot.Guard.AsSpan());

    /// <summary>Bytes of all sealed files.</summary>
    public long SealedLength => Files.Sum(file => file.Length);

    public EnclaveDeployment Deployment(BrokerClient broker) => new()
    {
        Boot = Boot,
        Keys = [Manifest.Content.KeyId],
        Weights = [.. Files],
        Configuration = broker.GetConfigurationAsync,
    };
}
