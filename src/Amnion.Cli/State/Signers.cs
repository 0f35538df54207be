using System.Security.Cryptography;
using System.Text;

namespace Amnion.Cli.State;

/// <summary>The key that signs models on this machine: P-256, PEM, mode 0600, made on first use. Its public half lies beside it, for who needs no more.</summary>
static class Signers
{
    const string Hint = "restore it from a backup, or move it away to have a new one made (models signed with it must then be sealed again)";

    /// <summary>The private key, for sealing.</summary>
    public static ECDsa Model(AmnionHome home)
    {
        var path = Path.Combine(home.Signers, "model.pem");
        if (!File.Exists(path))
        {
            using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            AmnionHome.WriteSecret(path, Encoding.ASCII.GetBytes(fresh.ExportPkcs8PrivateKeyPem()));
        }

        var key = Open(path, OwnedPath.RequireSecret);
        AmnionHome.WriteSecret(PublicPath(home), Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()));
        return key;
    }

    /// <summary>The public key alone: all that the host process reads.</summary>
    public static ECDsa ModelPublic(AmnionHome home)
    {
        var path = PublicPath(home);
        return File.Exists(path)
            ? Open(path, OwnedPath.RequireFile)
            : throw new CliException(ExitCode.Malformed, $"the model owner's public key \"{path}\" is missing", "run amnion model seal or amnion up, which write it", CliCodes.FileUnreadable);
    }

    static string PublicPath(AmnionHome home) => Path.Combine(home.Signers, "model.pub.pem");

    static ECDsa Open(string path, Action<string> require)
    {
        require(path);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key.KeySize == 256 ? key : throw new CryptographicException("The key is not P-256.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new CliException(ExitCode.Malformed, $"the signing key \"{path}\" cannot be read", Hint, CliCodes.FileUnreadable, e);
        }
    }
}
