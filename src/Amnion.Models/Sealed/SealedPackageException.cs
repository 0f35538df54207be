namespace Amnion.Models.Sealed;

/// <summary>A sealed package cannot be made, or is not what its manifest says.</summary>
public sealed class SealedPackageException : Exception
{
    /// <param name="code">One of <see cref="ModelCodes"/>.</param>
    /// <param name="message">What failed and what was expected.</param>
    public SealedPackageException(string code, string message)
        : base($"{message} ({code})") => Code = code;

    /// <summary>The stable code.</summary>
    public string Code { get; }
}
