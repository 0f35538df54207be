using Amnion.Cli.Commands;
using Amnion.Cli.State;
using Amnion.Guard.Packs;
using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>The guard policy that enclaves of this AMNION_HOME are started with.</summary>
static class GuardFile
{
    const string Name = "guard-policy.json";

    /// <summary>What is in force: what `amnion up --guard` chose last, or a guard that looks at nothing.</summary>
    public static GuardPolicy Read(AmnionHome home) => File.Exists(home.Path(Name)) ? Read(home.Path(Name)) : GuardPolicy.None;

    /// <summary>Chooses "standard", "none", or the policy in a file.</summary>
    /// <exception cref="CliException">The file holds no guard policy.</exception>
    public static GuardPolicy Choose(AmnionHome home, string named)
    {
        var policy = Named(named);
        File.WriteAllBytes(home.Path(Name), policy.ToJson());
        return policy;
    }

    /// <summary>"standard", "none", or a file's policy.</summary>
    /// <exception cref="CliException">The file holds no guard policy.</exception>
    public static GuardPolicy Named(string named) => named switch
    {
        "standard" => GuardPolicy.Standard,
        "none" => GuardPolicy.None,
        _ => Read(named),
    };

    /// <summary>A file's policy.</summary>
    /// <exception cref="CliException">The file holds no guard policy.</exception>
    public static GuardPolicy Read(string path)
    {
        try
        {
            return GuardPolicy.Parse(BoundedFile.Read(path, GuardPolicy.MaxLength));
        }
        catch (RecordFormatException e)
        {
            throw new CliException(ExitCode.Malformed, $"\"{path}\" is no guard policy: {e.Message}", "amnion guard show standard prints one to begin with; docs/specs/guard.md describes the format", PackCodes.PolicyMalformed, e);
        }
    }
}
