using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Amnion.Attestation.EventLogs;

/// <summary>
/// Evidence of a dstack guest as parsed, not yet verified: a TDX quote with the log of what was measured. Two containers: JSON with "quote" and
/// "event_log", and JSON with "attestation", which is SCALE in hexadecimal.
/// </summary>
public sealed record DstackEvidence
{
    /// <summary>Most bytes of a container.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Most events.</summary>
    public const int MaxEvents = 4096;

    /// <summary>Most bytes of a quote; with its certificates it has some 5000.</summary>
    public const int MaxQuoteLength = 64 * 1024;

    /// <summary>Most bytes of one event's name or payload.</summary>
    public const int MaxPayloadLength = 256 * 1024;

    /// <summary>The TDX quote, with the padding that dstack leaves behind it.</summary>
    public required ReadOnlyMemory<byte> Quote { get; init; }

    /// <summary>The events in their order.</summary>
    public required ImmutableArray<DstackEvent> Events { get; init; }

    /// <summary>The 64 bytes of report data that the container repeats; null where it does not. The quote's count.</summary>
    public ReadOnlyMemory<byte>? ReportData { get; init; }

    /// <summary>Description of the virtual machine, JSON, which nothing signs.</summary>
    public string? VmConfig { get; init; }

    /// <summary>Whether the log has all of firmware's events, so that RTMR 0 to 2 can be replayed; the SCALE container only has a few.</summary>
    public required bool HasBootEvents { get; init; }

    /// <summary>Every event with its meaning.</summary>
    public ImmutableArray<EvidenceField> Fields => DstackFields.Of(this);

    /// <summary>Parses either container; verifies nothing.</summary>
    /// <exception cref="EventLogFormatException">Anything the containers do not allow.</exception>
    public static DstackEvidence Parse(ReadOnlySpan<byte> json) => DstackReader.Read(json.ToArray());

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out DstackEvidence? evidence)
    {
        try
        {
            evidence = Parse(json);
            return true;
        }
        catch (EventLogFormatException)
        {
            evidence = null;
            return false;
        }
    }
}
