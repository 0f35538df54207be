namespace Amnion.Attestation.EventLogs;

/// <summary>Stable codes of event logs. Codes are never reused or renumbered.</summary>
public static class EventLogCodes
{
    /// <summary>The log is not well formed.</summary>
    public const string Malformed = "AMN-LOG-0001";

    /// <summary>An event's digest is not the hash of its data although its type says so.</summary>
    public const string DigestNotOfData = "AMN-LOG-0002";

    /// <summary>A note that changes no register carries a digest.</summary>
    public const string NoActionDigest = "AMN-LOG-0003";

    /// <summary>The log has no digests of the bank that was quoted.</summary>
    public const string BankMissing = "AMN-LOG-0004";

    /// <summary>Replaying the log gives another value than the register that was quoted or reported.</summary>
    public const string ReplayMismatch = "AMN-LOG-0005";

    /// <summary>The log extends a register that was not quoted or reported.</summary>
    public const string RegisterNotQuoted = "AMN-LOG-0006";

    /// <summary>A register was extended, but the log has no event of it.</summary>
    public const string RegisterNotInLog = "AMN-LOG-0007";

    /// <summary>The ACPI table that announces the log is malformed, or of another log.</summary>
    public const string Table = "AMN-LOG-0008";

    /// <summary>A dstack runtime event's digest is not that of its name and payload.</summary>
    public const string RuntimeDigest = "AMN-LOG-0009";

    /// <summary>The policy relies on runtime events but does not pin the code that measured them.</summary>
    public const string RuntimeUnpinned = "AMN-LOG-0010";

    /// <summary>The value that the evidence repeats beside its quote is not the one in the quote.</summary>
    public const string StatedValue = "AMN-LOG-0011";
}
