using System.Collections.Immutable;
using Amnion.Attestation.Dcap.Pck;
using Amnion.Attestation.Dcap.Tdx;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Finds a platform's level and combines statuses: Intel PCS API version 4, "Comparison algorithm", and Intel's quote verification library, §4.1.2.4.17.</summary>
static class TcbLevelMatch
{
    /// <summary>The first level whose SGX components and PCE SVN the platform reaches, and the first whose TDX components it reaches as well.</summary>
    public static (TcbLevel? Sgx, TcbLevel? Matched) Find(TcbInfo info, PckExtension platform, TdReport? report)
    {
        TcbLevel? sgx = null;
        foreach (var level in info.Levels)
        {
            if (!Reaches(platform.Components.AsSpan(), level.SgxComponents, 0) || platform.PceSvn < level.PceSvn)
            {
                continue;
            }

            sgx ??= level;
            if (report is null || (!level.TdxComponents.IsEmpty && ReachesTdx(report.TeeTcbSvn.Span, level.TdxComponents)))
            {
                return (sgx, level);
            }
        }

        return (sgx, null);
    }

    /// <summary>The module's own statement: of its major version, or the first modules' where that is zero. Null where Intel states none.</summary>
    public static TdxModule? Module(TcbInfo info, ReadOnlySpan<byte> teeTcbSvn)
    {
        var major = teeTcbSvn[1];
        if (major == 0)
        {
            return info.Module;
        }

        var id = "TDX_" + Convert.ToHexString([major]);
        return info.Modules.FirstOrDefault(module => string.Equals(module.Id, id, StringComparison.OrdinalIgnoreCase));
    }

    public static SvnLevel? Level(ImmutableArray<SvnLevel> levels, int svn) => levels.FirstOrDefault(level => svn >= level.Svn);

    /// <summary>
    /// The module runs in a version that would be up to date, and only the launch was under an older one (TDX 1.5): then the trust domain
    /// need only be started again. Otherwise <paramref name="combined"/>; null where the module that runs is none that Intel knows.
    /// </summary>
    public static TcbStatus? Relaunch(TcbInfo info, ReadOnlySpan<byte> running, TcbStatus sgx, TcbStatus combined, TcbStatus? module, TcbStatus? qe)
    {
        var onlyModule = qe is null or TcbStatus.UpToDate
            && sgx is TcbStatus.UpToDate or TcbStatus.SwHardeningNeeded or TcbStatus.ConfigurationNeeded or TcbStatus.ConfigurationAndSwHardeningNeeded
            && combined is TcbStatus.OutOfDate or TcbStatus.OutOfDateConfigurationNeeded
            && module == TcbStatus.OutOfDate;
        if (!onlyModule)
        {
            return combined;
        }

        if (Module(info, running) is not { } current)
        {
            return null;
        }

        var newest = info.Levels[0].TdxComponents;
        var isNewest = running[1] == 0 ? running[0] >= newest[0] : running[0] >= current.Levels[0].Svn && current.Levels[0].Status.Status == TcbStatus.UpToDate;
        return !isNewest || running[2] < newest[2] ? combined
            : sgx.NeedsConfiguration() || combined.NeedsConfiguration() ? TcbStatus.RelaunchAdvisedConfigurationNeeded : TcbStatus.RelaunchAdvised;
    }

    /// <summary>Modules with a major version are judged by their own levels, so their two bytes are left out here.</summary>
    static bool ReachesTdx(ReadOnlySpan<byte> teeTcbSvn, ImmutableArray<byte> level) => Reaches(teeTcbSvn, level, teeTcbSvn[1] > 0 ? 2 : 0);

    static bool Reaches(ReadOnlySpan<byte> actual, ImmutableArray<byte> least, int from)
    {
        for (var i = from; i < least.Length; i++)
        {
            if (actual[i] < least[i])
            {
                return false;
            }
        }

        return true;
    }
}
