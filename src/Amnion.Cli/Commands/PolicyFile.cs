using Amnion.Attestation;
using Amnion.Cli.State;

namespace Amnion.Cli.Commands;

/// <summary>Reads the policy a command was given, or the caller's policy of this machine.</summary>
static class PolicyFile
{
    public static AppraisalPolicy Read(string? named, AmnionHome home)
    {
        var path = named ?? home.CallerPolicy;
        if (!File.Exists(path))
        {
            throw new CliException(ExitCode.Malformed, $"the policy \"{path}\" does not exist", named is null ? "pass --policy FILE, or run amnion up, which writes one" : "check the path", CliCodes.FileUnreadable);
        }

        if (named is null)
        {
            OwnedPath.RequireFile(path);
        }

        return AppraisalPolicy.Parse(BoundedFile.Read(path, AppraisalPolicy.MaxLength));
    }
}
