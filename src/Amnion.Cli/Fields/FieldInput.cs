using System.Security.Cryptography;
using Amnion.Cli.Commands;
using Amnion.Guard.Fields;
using Amnion.Guard.Tokens;

namespace Amnion.Cli.Fields;

/// <summary>Reads what the field commands take: a file, or stdin for "-".</summary>
static class FieldInput
{
    const string Standard = "-";

    /// <summary>The key and the text. Only one of them can come from stdin.</summary>
    public static (TenantKey Key, byte[] Text) Read(string keyPath, string tenant, int version, string textPath, int maxLength)
    {
        if (keyPath == Standard && textPath == Standard)
        {
            throw new CliException(ExitCode.Malformed, "the key and the text cannot both come from stdin", "name a file for one of them", CliCodes.FileUnreadable);
        }

        var secret = Bytes(keyPath, TenantKeyText.MaxLength);
        TenantKey key;
        try
        {
            key = TenantKeyText.Parse(secret, tenant, version);
        }
        catch (ArgumentException e)
        {
            throw new CliException(ExitCode.Malformed, "the tenant's name or the key's version is not accepted", $"--tenant takes 1 to {TenantKey.MaxNameLength} bytes, --key-version 1 to {TenantKey.MaxVersion}", FieldCodes.MalformedKey, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        try
        {
            return (key, Bytes(textPath, maxLength));
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    static byte[] Bytes(string path, int maxLength)
    {
        if (path != Standard)
        {
            return BoundedFile.Read(path, maxLength);
        }

        using var input = Console.OpenStandardInput();
        using var content = new MemoryStream();
        var piece = new byte[4096];
        try
        {
            while (input.Read(piece) is > 0 and var length)
            {
                content.Write(piece, 0, length);
                if (content.Length > maxLength)
                {
                    throw new CliException(ExitCode.Malformed, $"stdin is longer than {maxLength} bytes", "name a shorter file", CliCodes.FileUnreadable);
                }
            }

            return content.ToArray();
        }
        finally
        {
            // It may be the key.
            CryptographicOperations.ZeroMemory(piece);
            CryptographicOperations.ZeroMemory(content.GetBuffer());
        }
    }
}
