namespace Amnion.Host.Nitro;

/// <summary>One part of an enclave's memory.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Bytes">How much.</param>
/// <param name="Reason">Why that much.</param>
public sealed record EnclaveMemoryPart(string Name, long Bytes, string Reason);
