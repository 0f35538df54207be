namespace Amnion.Host.Local;

/// <summary>The development root cannot be used.</summary>
public sealed class DevelopmentRootException : HostException
{
    internal DevelopmentRootException(string message, Exception? inner = null)
        : base(HostCodes.DevelopmentRootUnfit, message, inner)
    {
    }
}
