namespace Amnion.Enclave;

/// <summary>How far the enclave has come; telemetry reports the number.</summary>
enum EnclaveState
{
    /// <summary>Waits for the one boot request.</summary>
    AwaitingBoot = 0,

    /// <summary>Measured and locked; waits for the data key.</summary>
    AwaitingKey = 1,

    /// <summary>Holds the data key; waits for the weights.</summary>
    AwaitingWeights = 2,

    /// <summary>All weights are open; the engine loads them.</summary>
    Loading = 3,

    /// <summary>The model answers callers (once a configuration is in force).</summary>
    Ready = 4,

    /// <summary>The boot failed, and everything but telemetry is refused; or the workload did not start, or ended.</summary>
    Failed = 5,
}
