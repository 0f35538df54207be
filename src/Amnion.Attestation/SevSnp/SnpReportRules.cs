using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>Rules that a report meets or breaks on its own: AMD 56860, ATTESTATION_REPORT.</summary>
static class SnpReportRules
{
    public static void Check(SnpReport report, CheckList checks)
    {
        checks.Add(SnpRules.Version, report.Version >= 2, string.Create(CultureInfo.InvariantCulture, $"2 to {SnpReport.MaxVersion}"), Text(report.Version));
        CheckReserved(report, checks);
        checks.Add(SnpRules.VmplRange, report.Vmpl <= 3, "0 to 3", report.Vmpl == SnpReport.HostRequestedVmpl ? "the host asked for the report" : Text(report.Vmpl));
        CheckOrder(report, checks);
    }

    static void CheckReserved(SnpReport report, CheckList checks)
    {
        var problems = report.ReservedNotZero.ToList();
        AddTcb("CURRENT_TCB", report.CurrentTcb, problems);
        AddTcb("REPORTED_TCB", report.ReportedTcb, problems);
        AddTcb("COMMITTED_TCB", report.CommittedTcb, problems);
        AddTcb("LAUNCH_TCB", report.LaunchTcb, problems);
        checks.Add(SnpRules.Reserved, problems, "zero");
        checks.Add(SnpRules.PolicyReserved, !report.Policy.HasReserved, "bit 17 set, bits 26 to 63 clear", report.Policy.ToString());
        checks.Add(SnpRules.PlatformReserved, !report.PlatformInfo.HasReserved, "bits 8 to 63 clear", report.PlatformInfo.ToString());
        var isKnownKey = report.SigningKey is SnpSigningKey.Vcek or SnpSigningKey.Vlek or SnpSigningKey.None;
        checks.Add(SnpRules.SignerReserved, report.SignerInfo >> 5 == 0 && isKnownKey, "bits 5 to 31 clear, signing key 0, 1 or 7", string.Create(CultureInfo.InvariantCulture, $"0x{report.SignerInfo:x}"));
    }

    static void CheckOrder(SnpReport report, CheckList checks)
    {
        // Part by part and not as one number: a higher SNP level does not make up for lower microcode.
        var current = report.CurrentTcb;
        var committed = report.CommittedTcb.IsAtMost(current) && report.CommittedFirmware.Number <= report.CurrentFirmware.Number;
        checks.Add(SnpRules.CommittedAboveCurrent, committed, $"at most {current}, firmware {report.CurrentFirmware}", $"{report.CommittedTcb}, firmware {report.CommittedFirmware}");
        checks.Add(SnpRules.ReportedAboveCurrent, report.ReportedTcb.IsAtMost(current), "at most " + current, report.ReportedTcb.ToString());
        checks.Add(SnpRules.LaunchAboveCurrent, report.LaunchTcb.IsAtMost(current), "at most " + current, report.LaunchTcb.ToString());

        // The firmware refuses to launch such a guest, so no honest report shows it.
        var demanded = (report.Policy.AbiMajor << 8) | report.Policy.AbiMinor;
        var present = report.CurrentFirmware.Number >> 8;
        checks.Add(SnpRules.AbiAboveFirmware, demanded <= present, Abi(present) + " or lower", Abi(demanded));
    }

    static void AddTcb(string name, SnpTcb tcb, List<string> problems)
    {
        if (tcb.HasReserved)
        {
            problems.Add($"{name} is {tcb}");
        }
    }

    static string Abi(int version) => string.Create(CultureInfo.InvariantCulture, $"{version >> 8}.{version & 0xff}");

    static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
