using System.Text;
using Amnion.Cli.Commands;
using Amnion.Images;
using Amnion.Images.Signing;

namespace Amnion.Cli.Images;

/// <summary>Reads certificate and key for signing images.</summary>
static class SignerFiles
{
    const int MaxLength = 64 * 1024;

    /// <summary>A signer; null where neither file is named.</summary>
    public static EifSigner? Open(string? certificate, string? privateKey)
    {
        if (certificate is null && privateKey is null)
        {
            return null;
        }

        if (certificate is null || privateKey is null)
        {
            throw new CliException(ExitCode.Malformed, "a signature needs certificate and key", "pass both --certificate FILE and --private-key FILE", ImageCodes.SigningKeyUnfit);
        }

        var key = BoundedFile.Read(privateKey, MaxLength);
        var text = new char[Encoding.Latin1.GetCharCount(key)];
        try
        {
            Encoding.Latin1.GetChars(key, text);
            return EifSigner.FromPem(BoundedFile.Read(certificate, MaxLength), text);
        }
        finally
        {
            Array.Clear(key);
            Array.Clear(text);
        }
    }
}
