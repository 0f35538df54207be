using System.Collections.Immutable;
using Amnion.Attestation.EventLogs;

namespace Amnion.Attestation.Composite;

/// <summary>Ties an event log to registers that authentic Evidence carries, whichever Evidence that is.</summary>
static class BootLog
{
    /// <summary>Parses and replays; the fields are those of the log, empty where it does not parse.</summary>
    public static ImmutableArray<EvidenceField> Check(ReadOnlyMemory<byte>? log, int algorithm, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> registers, CheckList checks)
    {
        if (log is not { } bytes)
        {
            checks.Add(EventLogRules.Log, CheckOutcome.Skip, actual: "no event log was given; register values stand for themselves", required: false);
            return [];
        }

        try
        {
            var parsed = EventLog.Parse(bytes.Span);
            EventLogVerifier.Verify(parsed, algorithm, registers, checks);
            return parsed.Fields;
        }
        catch (EventLogFormatException exception)
        {
            checks.Add(EventLogRules.Log, CheckOutcome.Fail, actual: exception.Message);
            return [];
        }
    }
}
