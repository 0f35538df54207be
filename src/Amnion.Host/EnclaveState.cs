namespace Amnion.Host;

/// <summary>How far an enclave is. The numbers are what /healthz and /metrics show.</summary>
public enum EnclaveState
{
    /// <summary>Not running.</summary>
    Stopped = 0,

    /// <summary>Being staged, measured and started.</summary>
    Starting = 1,

    /// <summary>Registers are extended and locked; no key yet.</summary>
    Booted = 2,

    /// <summary>The key broker released every key.</summary>
    Keyed = 3,

    /// <summary>Weights are loaded.</summary>
    Loaded = 4,

    /// <summary>Serving.</summary>
    Ready = 5,

    /// <summary>Ended and waiting to be started again.</summary>
    Restarting = 6,

    /// <summary>Given up; a person must act.</summary>
    Failed = 7,
}
