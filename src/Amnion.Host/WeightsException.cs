namespace Amnion.Host;

/// <summary>A file of sealed weights cannot be read on the host.</summary>
public sealed class WeightsException : HostException
{
    internal WeightsException(string message, Exception inner)
        : base(HostCodes.WeightsUnreadable, message, inner)
    {
    }
}
