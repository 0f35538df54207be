namespace Amnion.Host.Aws;

/// <summary>AWS KMS could not be asked, or its answer is no answer. The enclave got no key.</summary>
public sealed class KmsException : HostException
{
    internal KmsException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }
}
