using System.CommandLine;
using Amnion.Attestation;
using Amnion.Cli.EndorsementCollection;

namespace Amnion.Cli.Commands;

/// <summary>`--endorsements PATH`: files and folders of certificates, lists and manufacturers' statements, recognised by content.</summary>
static class EndorsementOption
{
    public static Option<string[]> Create() => new("--endorsements")
    {
        Description = "File or folder of endorsements (certificates, revocation lists, TCB info, identities, RIMs, OCSP responses), recognised by content; repeatable",
        HelpName = "PATH",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Endorsements Read(string[]? paths) => EndorsementFiles.Read(paths);
}
