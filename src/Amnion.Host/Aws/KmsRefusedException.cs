namespace Amnion.Host.Aws;

/// <summary>AWS KMS refused an operation; asking the same again cannot help.</summary>
public sealed class KmsRefusedException : HostException
{
    internal KmsRefusedException(string type, string text)
        : base(HostCodes.KmsRefused, text.Length == 0 ? $"AWS KMS refused: {type}." : $"AWS KMS refused: {type}: {text}")
    {
        Type = type;
    }

    /// <summary>KMS's name for the reason, for example "AccessDeniedException".</summary>
    public string Type { get; }
}
