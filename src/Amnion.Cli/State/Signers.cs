using System.Security.Cryptography;

namespace Amnion.Cli.State;

/// <summary>The keys that sign models and configuration releases on this machine: P-256, PEM, mode 0600, made on first use.</summary>
static class Signers
{
    public static ECDsa Model(AmnionHome home) => Open(Path.Combine(home.Signers, "model.pem"));

    public static ECDsa Configuration(AmnionHome home) => Open(Path.Combine(home.Signers, "config.pem"));

    static ECDsa Open(string path)
    {
        if (!File.Exists(path))
        {
            using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            AmnionHome.WriteSecret(path, System.Text.Encoding.ASCII.GetBytes(fresh.ExportPkcs8PrivateKeyPem()));
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key.KeySize == 256 ? key : throw new CryptographicException("The key is not P-256.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new CliException(ExitCode.Malformed, $"the signing key \"{path}\" cannot be read", "restore it from a backup, or move it away to have a new one made (models signed with it must then be sealed again)", CliCodes.FileUnreadable, e);
        }
    }
}
