using System.Globalization;
using Amnion.Attestation.Dcap.Pck;
using Amnion.Attestation.Dcap.Tdx;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Says how up to date platform, TDX module and quoting enclave are together. Intel's quote verification library, §4.1.2.4.11 and §4.1.2.4.17.</summary>
static class TcbEvaluation
{
    public static void Check(TcbInfo info, PckExtension platform, TdReport? report, TcbFindings findings, CheckList checks)
    {
        if (report is not null && info.Module is null)
        {
            // TCB info of SGX for a trust domain: already rejected, and it says nothing of TDX.
            return;
        }

        var module = report is null ? null : Module(info, report, checks);
        var (sgx, matched) = TcbLevelMatch.Find(info, platform, report);
        var missing = sgx is null ? "no level for the platform's SGX components and PCE SVN" : "no level for TEE_TCB_SVN";
        checks.Add(DcapRules.TcbLevel, matched is not null, "a level of the TCB info", matched is null ? missing : null);
        if (matched is null)
        {
            return;
        }

        findings.Date = matched.Status.Date;
        findings.Advise(matched.Status.Advisories);
        findings.Advise(module?.Advisories ?? []);
        findings.ModuleStatus = module?.Status;
        var combined = matched.Status.Status.With(module?.Status ?? TcbStatus.UpToDate);
        if (combined != TcbStatus.Revoked && report?.TeeTcbSvn2 is { } running)
        {
            if (TcbLevelMatch.Relaunch(info, running.Span, sgx!.Status.Status, combined, module?.Status, findings.QeStatus) is not { } advised)
            {
                checks.Add(DcapRules.TdxModuleUnknown, CheckOutcome.Fail, "a module of the TCB info", "TEE_TCB_SVN2 names a major version that is not in it");
                return;
            }

            combined = advised;
        }

        // Without the quoting enclave's part nobody can say how up to date the whole is.
        findings.PlatformStatus = combined;
        findings.Status = findings.QeStatus is { } qe ? combined.With(qe) : null;
    }

    /// <summary>Who signed the TDX module, its attributes, and its level; null where it has none of its own, or none that fits.</summary>
    static LevelStatus? Module(TcbInfo info, TdReport report, CheckList checks)
    {
        var svn = report.TeeTcbSvn.Span;
        var module = TcbLevelMatch.Module(info, svn);
        checks.Add(DcapRules.TdxModuleUnknown, module is not null, "a module of the TCB info", module is null ? string.Create(CultureInfo.InvariantCulture, $"major version {svn[1]}") : null);
        if (module is null)
        {
            return null;
        }

        QeIdentityMatch.Compare(DcapRules.TdxModuleSigner, module.MrSigner, module.MrSignerText, report.MrSignerSeam.Span, checks);
        QeIdentityMatch.Compare(DcapRules.TdxModuleAttributes, module.Attributes, module.AttributesText, QeIdentityMatch.Masked(report.SeamAttributes, module.AttributesMask), checks);
        if (svn[1] == 0)
        {
            return null;
        }

        var level = TcbLevelMatch.Level(module.Levels, svn[0]);
        checks.Add(DcapRules.TdxModuleLevel, level is not null, module.LeastText, DcapFields.Number(svn[0]));
        return level?.Status;
    }
}
