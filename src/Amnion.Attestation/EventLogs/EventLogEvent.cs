using System.Collections.Immutable;

namespace Amnion.Attestation.EventLogs;

/// <summary>One entry of an event log: TCG_PCR_EVENT2, TCG PC Client Platform Firmware Profile §10.2.2.</summary>
public sealed class EventLogEvent
{
    internal EventLogEvent()
    {
    }

    /// <summary>Position in the log, from 0 for the first event after the header.</summary>
    public required int Position { get; init; }

    /// <summary>The register as the log numbers it: a PCR, or in a confidential computing log 1 to 4 for RTMR 0 to 3.</summary>
    public required uint Register { get; init; }

    /// <summary>Number of the type.</summary>
    public required uint Type { get; init; }

    /// <summary>Digests by TPM_ALG_ID, one for every hash of the log.</summary>
    public required ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Digests { get; init; }

    /// <summary>The event data.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Name of the type, for example "EV_SEPARATOR".</summary>
    public string TypeName => LogEventType.Name(Type);

    /// <summary>What events of this type stand for, in plain words.</summary>
    public string Meaning => LogEventType.Meaning(Type);

    /// <summary>Printable content where there is one: a text, or name and value of a firmware variable. For people: it has what no digest covers, such as a variable's name.</summary>
    public string Detail => EventLogText.Describe(this);

    /// <summary>How much of the data the digests of every usable hash cover.</summary>
    public required EventCoverage Coverage { get; init; }

    /// <summary>Whether the event changes a register.</summary>
    public bool Extends => Type != LogEventType.NoAction;
}
