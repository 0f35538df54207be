namespace Amnion.Host;

/// <summary>The key broker could not be asked: not reachable, or its answer is no answer. No key was released.</summary>
public sealed class BrokerException : HostException
{
    internal BrokerException(string message, Exception? inner = null)
        : base(HostCodes.BrokerUnreachable, message, inner)
    {
    }
}
