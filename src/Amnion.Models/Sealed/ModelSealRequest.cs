using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Sealing;

namespace Amnion.Models.Sealed;

/// <summary>What to seal, and under which keys.</summary>
public sealed record ModelSealRequest
{
    /// <summary>The GGUF file. Its file name becomes its name in the manifest.</summary>
    public required string Weights { get; init; }

    /// <summary>Further files to seal beside it (licence, model card), by their names in the manifest.</summary>
    public ImmutableDictionary<string, string> OtherFiles { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The folder to make; it must not exist.</summary>
    public required string Destination { get; init; }

    /// <summary>The model's name for people; the weights' file name without its ending where null.</summary>
    public string? Name { get; init; }

    /// <summary>Name of the chat template to use, or "none"; recognised from the model where null.</summary>
    public string? Template { get; init; }

    /// <summary>The data key, 32 bytes. One key per model: its commitment is in the manifest.</summary>
    public required SecretBytes DataKey { get; init; }

    /// <summary>The data key's name at the key broker.</summary>
    public required string KeyId { get; init; }

    /// <summary>The model owner's private signing key, P-256, P-384 or P-521.</summary>
    public required ECDsa Signer { get; init; }
}
