namespace Amnion.Host;

/// <summary>The enclave cannot be reached, broke the protocol, took too long, or could not be started. What it was asked to do may or may not have happened.</summary>
public sealed class EnclaveUnavailableException : HostException
{
    internal EnclaveUnavailableException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }
}
