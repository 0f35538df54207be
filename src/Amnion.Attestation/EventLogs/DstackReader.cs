using System.Collections.Immutable;
using System.Text;
using Amnion.Attestation.Json;

namespace Amnion.Attestation.EventLogs;

/// <summary>Reads dstack's containers.</summary>
static class DstackReader
{
    const int DigestLength = 48;
    const int ReportDataLength = 64;

    public static DstackEvidence Read(ReadOnlyMemory<byte> json) =>
        JsonView.Parse(json, DstackEvidence.MaxLength, Refuse, static root => root.Find("attestation") is { } attestation
            ? ReadAttestation(attestation.Hex(DstackEvidence.MaxLength))
            : ReadQuote(root));

    static EventLogFormatException Refuse(string path, string problem) => new(0, path, problem);

    static DstackEvidence ReadQuote(JsonView root)
    {
        // The event log is a JSON document of its own within a text.
        var log = Encoding.UTF8.GetBytes(root.Member("event_log").Text(DstackEvidence.MaxLength));
        return new DstackEvidence
        {
            Quote = root.Member("quote").Hex(DstackEvidence.MaxQuoteLength),
            Events = JsonView.Parse(log, DstackEvidence.MaxLength, Refuse, static items => items.Items(DstackEvidence.MaxEvents).Select(ReadEvent).ToImmutableArray()),
            ReportData = root.Find("report_data") is { } stated ? stated.Hex(ReportDataLength) : default(ReadOnlyMemory<byte>?),
            VmConfig = root.Find("vm_config")?.Text(DstackEvidence.MaxPayloadLength),
            HasBootEvents = true,
        };
    }

    static DstackEvent ReadEvent(JsonView item)
    {
        item.ExpectOnly("imr", "event_type", "digest", "event", "event_payload");
        return Complete(new DstackEvent
        {
            Register = (int)item.Member("imr").Integer(0, 3),
            Type = (uint)item.Member("event_type").Integer(0, uint.MaxValue),
            StatedDigest = item.Member("digest").Hex(DigestLength),
            Name = item.Member("event").Text(DstackEvidence.MaxPayloadLength),
            Payload = item.Member("event_payload").Hex(DstackEvidence.MaxPayloadLength),
        });
    }

    /// <summary>
    /// Only runtime events may leave their digest to be computed; only RTMR 3 has them, so that none passes for firmware's. A colon ends a runtime event's name in
    /// what is hashed: with one inside, the same digest would be that of a shorter name with a longer payload.
    /// </summary>
    static DstackEvent Complete(DstackEvent entry)
    {
        var fits = entry.IsRuntime
            ? entry.Register == 3 && entry.StatedDigest.Length is 0 or DigestLength
            : entry.Register != 3 && entry.StatedDigest.Length == DigestLength;
        if (entry.IsRuntime && entry.Name.Contains(':', StringComparison.Ordinal))
        {
            throw Refuse("event_log", "a runtime event whose name has a colon");
        }

        return fits ? entry : throw Refuse("event_log", "a digest that is not 48 bytes, or a runtime event outside RTMR 3, or another inside it");
    }

    /// <summary>
    /// Attestation, version 0: variant 0 (TDX), the quote, firmware's events that are kept, the runtime events as name and payload once more, 64 bytes of report
    /// data and the machine's description.
    /// </summary>
    static DstackEvidence ReadAttestation(ReadOnlySpan<byte> attestation)
    {
        var input = new ScaleInput(attestation);
        if (input.ReadByte("version") != 0 || input.ReadByte("variant") != 0)
        {
            throw input.Refuse("variant", "not version 0 of an attestation by TDX");
        }

        var quote = input.ReadBytes(DstackEvidence.MaxQuoteLength, "quote").ToArray();
        var events = ImmutableArray.CreateBuilder<DstackEvent>();
        for (var count = input.ReadCompact(DstackEvidence.MaxEvents, "event_log"); count > 0; count--)
        {
            var register = input.ReadUInt32("event_log.imr");
            var entry = new DstackEvent
            {
                Register = register <= 3 ? (int)register : throw input.Refuse("event_log.imr", "a register beyond 3"),
                Type = input.ReadUInt32("event_log.event_type"),
                StatedDigest = input.ReadBytes(DigestLength, "event_log.digest").ToArray(),
                Name = input.ReadText(DstackEvidence.MaxPayloadLength, "event_log.event"),
                Payload = input.ReadBytes(DstackEvidence.MaxPayloadLength, "event_log.event_payload").ToArray(),
            };
            events.Add(Complete(entry));
        }

        CheckRuntimeEvents(ref input, events);
        var reportData = input.Take(ReportDataLength, "report_data").ToArray();
        var config = input.ReadText(DstackEvidence.MaxPayloadLength, "config");
        input.ExpectEnd();
        return new DstackEvidence { Quote = quote, Events = events.ToImmutable(), ReportData = reportData, VmConfig = config, HasBootEvents = false };
    }

    /// <summary>The second list must say what the first says, or readers of one would believe other events than readers of the other.</summary>
    static void CheckRuntimeEvents(ref ScaleInput input, ImmutableArray<DstackEvent>.Builder events)
    {
        var runtime = events.Where(entry => entry.IsRuntime).ToList();
        var count = input.ReadCompact(DstackEvidence.MaxEvents, "runtime_events");
        var same = count == runtime.Count;
        for (var i = 0; i < count; i++)
        {
            var name = input.ReadText(DstackEvidence.MaxPayloadLength, "runtime_events.event");
            var payload = input.ReadBytes(DstackEvidence.MaxPayloadLength, "runtime_events.payload");
            same = same && runtime[i].Name == name && runtime[i].Payload.Span.SequenceEqual(payload);
        }

        if (!same)
        {
            throw input.Refuse("runtime_events", "not the runtime events of event_log");
        }
    }
}
