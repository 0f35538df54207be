namespace Amnion.Host.Aws;

/// <summary>Credentials of an AWS identity. They stay in the host process: no frame carries them, and the enclave's environment is a fixed list without them.</summary>
/// <param name="accessKeyId">Names the key; public.</param>
/// <param name="secretAccessKey">The key itself.</param>
/// <param name="sessionToken">Token of temporary credentials, or null.</param>
/// <param name="expires">When they end; null where nobody said.</param>
public sealed class AwsCredentials(string accessKeyId, string secretAccessKey, string? sessionToken = null, DateTimeOffset? expires = null)
{
    /// <summary>Names the key.</summary>
    internal string AccessKeyId { get; } = accessKeyId;

    /// <summary>The key itself.</summary>
    internal string SecretAccessKey { get; } = secretAccessKey;

    /// <summary>Token of temporary credentials, or null.</summary>
    internal string? SessionToken { get; } = sessionToken;

    /// <summary>When they end, or null.</summary>
    internal DateTimeOffset? Expires { get; } = expires;

    /// <summary>The type's name only.</summary>
    public override string ToString() => nameof(AwsCredentials);
}
