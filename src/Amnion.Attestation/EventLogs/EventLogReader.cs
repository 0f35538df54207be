using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.EventLogs;

/// <summary>Reads TCG_PCR_EVENT and TCG_PCR_EVENT2: TCG PC Client Platform Firmware Profile §10.2, little-endian.</summary>
static class EventLogReader
{
    const int MaxAlgorithms = 16;
    const int Sha1Length = 20;

    /// <summary>Register, type, SHA-1 digest and size.</summary>
    const int OldHeader = 4 + 4 + Sha1Length + 4;

    static ReadOnlySpan<byte> SpecId => "Spec ID Event03\0"u8;

    /// <summary>Reads a log of at most <see cref="EventLog.MaxLength"/> bytes; the events refer to the given memory, which must not change afterwards.</summary>
    public static EventLog Read(ReadOnlyMemory<byte> log)
    {
        var position = 0;
        var first = ReadOld(log, ref position, 0);
        if (!first.Data.Span.StartsWith(SpecId))
        {
            return ReadOldLog(log);
        }

        var sizes = ReadSpecId(first);
        var events = ImmutableArray.CreateBuilder<EventLogEvent>();
        var padding = PaddingStart(log.Span);
        while (position < padding)
        {
            events.Add(ReadNew(log, ref position, Limit(events, position), sizes));
        }

        return Complete(new EventLog { IsCryptoAgile = true, Algorithms = [.. sizes.Select(size => size.Algorithm)], Events = events.ToImmutable(), Padding = log.Length - position });
    }

    static EventLog ReadOldLog(ReadOnlyMemory<byte> log)
    {
        var events = ImmutableArray.CreateBuilder<EventLogEvent>();
        var position = 0;
        var padding = PaddingStart(log.Span);
        while (position < padding)
        {
            events.Add(ReadOld(log, ref position, Limit(events, position)));
        }

        return Complete(new EventLog { IsCryptoAgile = false, Algorithms = [TcgHash.Sha1], Events = events.ToImmutable(), Padding = log.Length - position });
    }

    /// <summary>What holds for a whole log: the locality is stated once, before anything is measured into register 0, and is a possible one (§10.4.5.3).</summary>
    static EventLog Complete(EventLog log)
    {
        var localities = log.Events.Where(EventLog.IsLocality).ToList();
        var firstMeasured = log.Events.FirstOrDefault(entry => entry is { Extends: true, Register: 0 });
        if (localities.Count > 1 || (localities is [var only] && (only.Data.Span[^1] is not (0 or 3 or 4) || firstMeasured?.Position < only.Position)))
        {
            throw new EventLogFormatException(0, "StartupLocality", "stated twice, after register 0 was extended, or none of 0, 3 and 4");
        }

        return log;
    }

    static int Limit(ImmutableArray<EventLogEvent>.Builder events, int position) => events.Count < EventLog.MaxEvents
        ? events.Count
        : throw new EventLogFormatException(position, "log", string.Create(CultureInfo.InvariantCulture, $"more than {EventLog.MaxEvents} events"));

    /// <summary>
    /// From where there is nothing but ff or nothing but 00 up to the end. Neither can be an event: register ffffffff does not exist, and an event of zeros
    /// has no digest (crypto-agile) or is of the reserved type 0 with an empty body. Found once, from the end: looking ahead at each event would read a
    /// long log thousands of times. The last event may end in such bytes itself, so events are read up to here and end where they end.
    /// </summary>
    static int PaddingStart(ReadOnlySpan<byte> log) => log[^1] is (0 or 0xff) and var filler ? log.LastIndexOfAnyExcept(filler) + 1 : log.Length;

    /// <summary>TCG_EfiSpecIdEvent §10.4.5.1: signature, platform class, version, integer size, hashes with lengths, vendor information.</summary>
    static List<(int Algorithm, int Length)> ReadSpecId(EventLogEvent header)
    {
        const string Field = "TCG_EfiSpecIdEvent";
        var data = header.Data.Span;
        var at = SpecId.Length;
        if (header.Type != LogEventType.NoAction || data.Length < at + 12 || header.Digests[TcgHash.Sha1].Span.ContainsAnyExcept((byte)0))
        {
            throw new EventLogFormatException(0, Field, "no EV_NO_ACTION, a digest that is not zero, or too short");
        }

        var (minor, major, uintSize) = (data[at + 4], data[at + 5], data[at + 7]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(data[(at + 8)..]);
        at += 12;
        if (major != 2 || minor != 0 || uintSize is not (1 or 2) || count is 0 or > MaxAlgorithms || data.Length < at + (4 * (int)count) + 1)
        {
            throw new EventLogFormatException(OldHeader, Field, "a version other than 2.0, no hash, more than 16, or too short for them");
        }

        var sizes = new List<(int, int)>();
        for (var i = 0; i < count; i++, at += 4)
        {
            var algorithm = BinaryPrimitives.ReadUInt16LittleEndian(data[at..]);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(data[(at + 2)..]);
            if (length != TcgHash.Length(algorithm) || sizes.Exists(size => size.Item1 == algorithm))
            {
                throw new EventLogFormatException(OldHeader + at, Field + ".digestSizes", "a hash that is not known, of another length, or named twice");
            }

            sizes.Add((algorithm, length));
        }

        return data.Length == at + 1 + data[at] ? sizes : throw new EventLogFormatException(OldHeader + at, Field + ".vendorInfoSize", "does not end with the event");
    }

    static EventLogEvent ReadNew(ReadOnlyMemory<byte> log, ref int position, int number, List<(int Algorithm, int Length)> sizes)
    {
        const string Field = "TCG_PCR_EVENT2";
        var register = ReadUInt32(log, ref position, Field + ".pcrIndex");
        var type = ReadUInt32(log, ref position, Field + ".eventType");
        var count = ReadUInt32(log, ref position, Field + ".digests.count");
        if (count != sizes.Count)
        {
            throw new EventLogFormatException(position, Field + ".digests", string.Create(CultureInfo.InvariantCulture, $"{count} digests; the log has {sizes.Count} hashes"));
        }

        var digests = ImmutableSortedDictionary.CreateBuilder<int, ReadOnlyMemory<byte>>();
        for (var i = 0; i < count; i++)
        {
            var algorithm = BinaryPrimitives.ReadUInt16LittleEndian(Take(log, ref position, 2, Field + ".digests.hashAlg").Span);
            var length = sizes.Find(size => size.Algorithm == algorithm).Length;
            if (length == 0 || !digests.TryAdd(algorithm, Take(log, ref position, length, Field + ".digests.digest")))
            {
                throw new EventLogFormatException(position, Field + ".digests", "a hash that the header does not name, or one twice");
            }
        }

        return Finish(log, ref position, number, register, type, digests.ToImmutable(), Field);
    }

    static EventLogEvent ReadOld(ReadOnlyMemory<byte> log, ref int position, int number)
    {
        const string Field = "TCG_PCR_EVENT";
        var register = ReadUInt32(log, ref position, Field + ".pcrIndex");
        var type = ReadUInt32(log, ref position, Field + ".eventType");
        var digest = Take(log, ref position, Sha1Length, Field + ".digest");
        var digests = ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>.Empty.Add(TcgHash.Sha1, digest);
        return Finish(log, ref position, number, register, type, digests, Field);
    }

    static EventLogEvent Finish(ReadOnlyMemory<byte> log, ref int position, int number, uint register, uint type, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> digests, string field)
    {
        if (register >= EventLog.RegisterCount && type != LogEventType.NoAction)
        {
            throw new EventLogFormatException(position, field + ".pcrIndex", "a register beyond 31");
        }

        var size = ReadUInt32(log, ref position, field + ".eventSize");
        if (size > EventLog.MaxEventLength)
        {
            throw new EventLogFormatException(position, field + ".eventSize", string.Create(CultureInfo.InvariantCulture, $"{size} bytes; at most {EventLog.MaxEventLength} are accepted"));
        }

        var data = Take(log, ref position, (int)size, field + ".event");
        return new EventLogEvent { Position = number, Register = register, Type = type, Digests = digests, Data = data, Coverage = EventLogText.CoverageOf(type, digests, data) };
    }

    static uint ReadUInt32(ReadOnlyMemory<byte> log, ref int position, string field) => BinaryPrimitives.ReadUInt32LittleEndian(Take(log, ref position, 4, field).Span);

    static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> log, ref int position, int count, string field)
    {
        if (count > log.Length - position)
        {
            throw new EventLogFormatException(position, field, string.Create(CultureInfo.InvariantCulture, $"needs {count} bytes; {log.Length - position} are left"));
        }

        var taken = log.Slice(position, count);
        position += count;
        return taken;
    }
}
