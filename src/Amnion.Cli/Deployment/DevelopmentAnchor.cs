using System.Runtime.Versioning;
using Amnion.Cli.State;
using Amnion.Host.Local;

namespace Amnion.Cli.Deployment;

/// <summary>The development root's key digest, which a policy for `local` names.</summary>
[SupportedOSPlatform("linux")]
static class DevelopmentAnchor
{
    public static string Of(AmnionHome home)
    {
        using var authority = DevelopmentAuthority.Open(home.DevelopmentRoot, TimeProvider.System);
        return authority.AnchorDigest;
    }
}
