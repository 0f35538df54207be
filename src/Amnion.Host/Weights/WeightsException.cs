namespace Amnion.Host;

/// <summary>Sealed weights cannot be had: the disk, the server or the network; the code says which. The enclave keeps nothing of a file that did not end.</summary>
public sealed class WeightsException : HostException
{
    internal WeightsException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }
}
