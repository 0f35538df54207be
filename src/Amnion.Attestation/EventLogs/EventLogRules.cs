namespace Amnion.Attestation.EventLogs;

/// <summary>Every check of event logs: its code, its words and where the rule stands.</summary>
static class EventLogRules
{
    const string Profile = "TCG PC Client Platform Firmware Profile ";
    const string Dstack = "dstack attestation, RTMR3 event log";

    public static readonly CheckRule Log = new(EventLogCodes.Malformed, "event log is well formed", Profile + "§10.2");
    public static readonly CheckRule DigestOfData = new(EventLogCodes.DigestNotOfData, "digests are of the event data where the type says so", Profile + "§10.4.1");
    public static readonly CheckRule NoActionDigest = new(EventLogCodes.NoActionDigest, "notes carry no digest", Profile + "§10.4.5");
    public static readonly CheckRule Bank = new(EventLogCodes.BankMissing, "event log has digests of the quoted bank", Profile + "§10.2.1");
    public static readonly CheckRule Replay = new(EventLogCodes.ReplayMismatch, "event log replays to the register", Profile + "§3.3.4");
    public static readonly CheckRule RegisterNotQuoted = new(EventLogCodes.RegisterNotQuoted, "every register of the event log was quoted", "CVE-2022-0317");
    public static readonly CheckRule RegisterNotInLog = new(EventLogCodes.RegisterNotInLog, "event log explains every register that firmware extends", Profile + "§3.3.4");
    public static readonly CheckRule Table = new(EventLogCodes.Table, "ACPI table describes the event log", "ACPI §5.2.34 (CCEL)");
    public static readonly CheckRule RuntimeDigest = new(EventLogCodes.RuntimeDigest, "runtime events' digests are of name and payload", Dstack);
    public static readonly CheckRule RuntimeUnpinned = new(EventLogCodes.RuntimeUnpinned, "policy pins the code that measured runtime events", Dstack, CheckKind.Policy);
    public static readonly CheckRule StatedValue = new(EventLogCodes.StatedValue, "value stated beside the quote is the quoted one", Dstack);
}
