namespace Amnion.Host.Nitro;

/// <summary>An enclave does not fit: into what was asked for, or into what the host has. The message has the arithmetic.</summary>
public sealed class EnclaveResourcesException : HostException
{
    internal EnclaveResourcesException(string message, string hint)
        : base(HostCodes.EnclaveDoesNotFit, message) => Hint = hint;

    /// <summary>What to do, in one line.</summary>
    public string Hint { get; }
}
