namespace Amnion.Attestation.EventLogs;

/// <summary>An event log was refused. The message names the field and never quotes its content.</summary>
public sealed class EventLogFormatException : EvidenceFormatException
{
    /// <param name="offset">Byte offset in the log; 0 for logs of JSON.</param>
    /// <param name="field">The field of the TCG's structure, for example "TCG_PCR_EVENT2.eventSize", or the path in JSON.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public EventLogFormatException(int offset, string field, string problem)
        : base(offset, field, problem, EventLogCodes.Malformed)
    {
    }
}
