using System.Collections.Immutable;

namespace Amnion.Host;

/// <summary>The key broker, or AWS KMS, looked at the Evidence and refused to release the key. Trying again with the same image and policy cannot help.</summary>
public sealed class KeyReleaseRefusedException : HostException
{
    internal KeyReleaseRefusedException(string code, string source, string keyId, string title, ImmutableArray<RefusedCheck> checks)
        : base(code, $"The {source} refused key \"{keyId}\" ({code}): {title}")
    {
        KeyId = keyId;
        Checks = checks;
    }

    /// <summary>The key that was asked for.</summary>
    public string KeyId { get; }

    /// <summary>Every failed check, as the broker reported it; empty where it refused before appraising.</summary>
    public ImmutableArray<RefusedCheck> Checks { get; }
}
