using System.Collections.Immutable;
using Amnion.Attestation.EventLogs;

namespace Amnion.Attestation.Composite;

/// <summary>Ties an event log to registers that authentic Evidence carries, whichever Evidence that is.</summary>
static class BootLog
{
    /// <summary>Parses and replays; the fields are those of the log, empty where it does not parse.</summary>
    /// <param name="log">The log; null where there is none.</param>
    /// <param name="kind">What <paramref name="registers"/> are.</param>
    /// <param name="algorithm">TPM_ALG_ID of the registers' hash.</param>
    /// <param name="registers">Authentic values by the log's numbering.</param>
    /// <param name="cache">Remembers the log as read and replayed: a machine sends the same one with every quote.</param>
    /// <param name="checks">Gets the results.</param>
    public static ImmutableArray<EvidenceField> Check(ReadOnlyMemory<byte>? log, EventLogKind kind, int algorithm, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> registers, AppraisalCache? cache, CheckList checks)
    {
        if (log is not { } bytes)
        {
            checks.Add(EventLogRules.Log, CheckOutcome.Skip, actual: "no event log was given; register values stand for themselves", required: false);
            return [];
        }

        try
        {
            var parsed = EventLog.Read(bytes, cache);
            EventLogVerifier.Verify(parsed, algorithm, registers, checks);
            return parsed.FieldsOf(kind, algorithm);
        }
        catch (EventLogFormatException exception)
        {
            checks.Add(EventLogRules.Log, CheckOutcome.Fail, actual: exception.Message);
            return [];
        }
    }
}
