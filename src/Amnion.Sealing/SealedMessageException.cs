using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// Something sealed did not open. There is one reason and one message for every cause, so that a failure tells an
/// attacker nothing about which check failed. The object that threw it refuses all further work.
/// </summary>
public sealed class SealedMessageException : CryptographicException
{
    /// <summary>Creates the exception; it takes no arguments because there is nothing to tell apart.</summary>
    public SealedMessageException()
        : base("The sealed data could not be opened.")
    {
    }

    /// <summary>Always <see cref="SealingCodes.OpenFailed"/>.</summary>
    public string Code { get; } = SealingCodes.OpenFailed;
}
