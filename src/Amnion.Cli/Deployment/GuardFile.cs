using System.Security.Cryptography;
using System.Text;
using Amnion.Cli.Commands;
using Amnion.Cli.State;
using Amnion.Guard.Packs;
using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>The guard policy that enclaves of this AMNION_HOME are started with.</summary>
static class GuardFile
{
    const string Name = "guard-policy.json";
    const int MaxKeyLength = 16 * 1024;

    /// <summary>What is in force: what `amnion up --guard` chose last, or a guard that looks at nothing.</summary>
    public static GuardPolicy Read(AmnionHome home) => File.Exists(home.Path(Name)) ? Read(home.Path(Name)) : GuardPolicy.None;

    /// <summary>Chooses "standard", "none", or the policy in a file.</summary>
    /// <param name="home">Keeps the choice.</param>
    /// <param name="named">What is chosen.</param>
    /// <param name="signer">PEM file of the key that must have signed it; null for a policy that nobody signed.</param>
    /// <exception cref="CliException">The file holds no guard policy, it is not signed by that key, or it is older than the one in force.</exception>
    public static GuardPolicy Choose(AmnionHome home, string named, string? signer)
    {
        if (signer is null)
        {
            var unsigned = Named(named);
            File.WriteAllBytes(home.Path(Name), unsigned.ToJson());
            return unsigned;
        }

        var policy = ReadSigned(named, signer);
        var inForce = Read(home);
        if (inForce.Name == policy.Name && inForce.Version > policy.Version)
        {
            throw new CliException(ExitCode.Rejected, $"the guard policy \"{policy.Name}\" is version {policy.Version}, and version {inForce.Version} is in force", "have the newer one signed again under a higher version, or choose another first: amnion up --guard none", PackCodes.Older);
        }

        File.WriteAllBytes(home.Path(Name), policy.ToJson());
        return policy;
    }

    /// <summary>"standard", "none", or a file's policy.</summary>
    /// <exception cref="CliException">The file holds no guard policy, or a signed one.</exception>
    public static GuardPolicy Named(string named) => named switch
    {
        "standard" => GuardPolicy.Standard,
        "none" => GuardPolicy.None,
        _ => Read(named),
    };

    /// <summary>A file's policy.</summary>
    /// <exception cref="CliException">The file holds no guard policy, or a signed one, whose signer must be named.</exception>
    public static GuardPolicy Read(string path)
    {
        var file = BoundedFile.Read(path, SignedGuardPolicy.MaxLength);
        return SignedGuardPolicy.IsEnvelope(file)
            ? throw new CliException(ExitCode.Malformed, $"\"{path}\" is a signed guard policy, and nothing says who must have signed it", $"take the policy out with amnion guard verify {path} --signer KEY.pem, or pass --guard-signer KEY.pem to amnion up", PackCodes.NotSigned)
            : Parsed(path, () => GuardPolicy.Parse(file));
    }

    /// <summary>A signed file's policy.</summary>
    /// <exception cref="CliException">It is none, or not signed by this key.</exception>
    public static GuardPolicy ReadSigned(string path, string signer)
    {
        using var key = Key(signer);
        var file = BoundedFile.Read(path, SignedGuardPolicy.MaxLength);
        var signed = SignedGuardPolicy.IsEnvelope(file) ? Parsed(path, () => SignedGuardPolicy.Parse(file)) : null;
        return signed?.IsSignedBy(key) == true
            ? signed.Policy
            : throw new CliException(ExitCode.Rejected, $"\"{path}\" is {(signed is null ? "not signed at all" : "not signed by the key in \"" + signer + "\"")}", "have it signed with amnion guard sign, or find out where it comes from", PackCodes.NotSigned);
    }

    /// <summary>A key of a PEM file; owned by the receiver.</summary>
    /// <exception cref="CliException">It holds none on P-256, P-384 or P-521.</exception>
    public static ECDsa Key(string path)
    {
        var file = BoundedFile.Read(path, MaxKeyLength);
        var text = new char[Encoding.Latin1.GetCharCount(file)];
        var key = ECDsa.Create();
        try
        {
            Encoding.Latin1.GetChars(file, text);
            key.ImportFromPem(text);
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CliException(ExitCode.Malformed, $"\"{path}\" holds no EC key in PEM", "openssl ecparam -name prime256v1 -genkey -noout -out KEY.pem makes one; openssl ec -in KEY.pem -pubout its public part", PackCodes.NotSigned, e);
        }
        finally
        {
            Array.Clear(file);
            Array.Clear(text);
        }
    }

    static T Parsed<T>(string path, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (RecordFormatException e)
        {
            throw new CliException(ExitCode.Malformed, $"\"{path}\" is no guard policy: {e.Message}", "amnion guard show standard prints one to begin with; docs/specs/guard.md describes the format", PackCodes.PolicyMalformed, e);
        }
    }
}
