namespace Amnion.Client.Proxy;

/// <summary>What the local proxy needs.</summary>
public sealed class ProxyOptions
{
    /// <summary>Where it listens. Loopback only: it hands out plain text.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>The relay, the policy, and a key for callers that bring none.</summary>
    public required AmnionClientOptions Client { get; init; }

    /// <summary>Largest request body, bytes; the enclave accepts no more.</summary>
    public const int MaxRequestLength = 8 * 1024 * 1024;
}
