namespace Amnion.Host.Aws;

/// <summary>A request must be signed, and there is nothing to sign it with.</summary>
public sealed class CredentialsException : HostException
{
    internal CredentialsException(string message, Exception? inner = null)
        : base(HostCodes.CredentialsMissing, message, inner)
    {
    }
}
