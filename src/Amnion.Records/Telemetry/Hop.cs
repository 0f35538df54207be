namespace Amnion.Records.Telemetry;

/// <summary>Who emitted a telemetry event.</summary>
public enum Hop
{
    /// <summary>The caller's proxy.</summary>
    Proxy,

    /// <summary>The relay on the enclave's host.</summary>
    Relay,

    /// <summary>The enclave.</summary>
    Enclave,

    /// <summary>The key broker.</summary>
    Broker,
}
