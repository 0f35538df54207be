namespace Amnion.Host;

/// <summary>The enclave program cannot be measured or staged.</summary>
public sealed class EnclaveImageException : HostException
{
    internal EnclaveImageException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }
}
