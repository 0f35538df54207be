namespace Amnion.Host;

/// <summary>What the relay sees of an enclave at one moment.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Connection">How to reach it; null where nothing runs.</param>
/// <param name="Starts">How often it was started.</param>
public sealed record EnclaveView(EnclaveState State, EnclaveConnection? Connection, int Starts);
