using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Attestation.EventLogs;

/// <summary>Reads event data for people, and finds out what a digest covers.</summary>
static class EventLogText
{
    const int MaxDetail = 512;

    /// <summary>Bytes of a value that are shown.</summary>
    const int Shown = 32;

    const int VariableHeader = 16 + 8 + 8;

    public static EventCoverage CoverageOf(uint type, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> digests, ReadOnlyMemory<byte> encoded)
    {
        var data = encoded.Span;
        if (Covers(digests, data))
        {
            return EventCoverage.Data;
        }

        if (type == LogEventType.VariableAuthority && data.Length > 1 && Covers(digests, data[..^1]))
        {
            return EventCoverage.DataWithoutLastByte;
        }

        if (type is LogEventType.VariableBoot or LogEventType.VariableAuthority && TryReadVariable(encoded, out _, out var value) && Covers(digests, value.Span))
        {
            return EventCoverage.VariableValue;
        }

        if (type == LogEventType.Ipl)
        {
            return TryReadAfterColon(data, out var text) && Covers(digests, text) ? EventCoverage.TextAfterColon : EventCoverage.None;
        }

        return EventCoverage.None;
    }

    /// <summary>
    /// The part that the digest covers and nothing else, by the bytes alone: the event's type, a variable's name in front of a value that was measured without it, and the word before
    /// GRUB's colon could be changed without changing any register.
    /// </summary>
    public static string DescribeCovered(EventLogEvent entry)
    {
        var isVariable = TryReadVariable(entry.Data, out var name, out var value);
        return entry.Coverage switch
        {
            EventCoverage.DataWithoutLastByte when isVariable && !value.IsEmpty => Assignment(name, value.Span[..^1]),
            EventCoverage.DataWithoutLastByte => Content(entry.Data.Span[..^1]),
            EventCoverage.VariableValue => Hex(value.Span),
            EventCoverage.TextAfterColon when TryReadAfterColon(entry.Data.Span, out var text) => Content(text),
            _ => isVariable ? Assignment(name, value.Span) : Content(entry.Data.Span),
        };
    }

    /// <summary>Four bytes that say in every register that the firmware hands over, whatever the log calls them: PFP §10.4.1, EV_SEPARATOR.</summary>
    public static bool IsSeparator(EventLogEvent entry) => Covers(entry.Digests, [0, 0, 0, 0], all: false) || Covers(entry.Digests, [0xff, 0xff, 0xff, 0xff], all: false);

    public static string Describe(EventLogEvent entry) => entry.Type switch
    {
        LogEventType.VariableDriverConfig or LogEventType.VariableBoot or LogEventType.VariableBoot2 or LogEventType.VariableAuthority
            when TryReadVariable(entry.Data, out var name, out var value) => Assignment(name, value.Span),
        LogEventType.Separator => Convert.ToHexStringLower(entry.Data.Span[..Math.Min(entry.Data.Length, Shown)]),
        _ => Text(entry.Data.Span) ?? string.Create(CultureInfo.InvariantCulture, $"{entry.Data.Length} bytes"),
    };

    /// <summary>UEFI_VARIABLE_DATA, TCG PC Client Platform Firmware Profile §10.2.6: name and value; exact lengths or nothing.</summary>
    public static bool TryReadVariable(ReadOnlyMemory<byte> data, out string name, out ReadOnlyMemory<byte> value)
    {
        name = string.Empty;
        value = default;
        var span = data.Span;
        if (span.Length < VariableHeader)
        {
            return false;
        }

        var characters = BinaryPrimitives.ReadUInt64LittleEndian(span[16..]);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(span[24..]);
        if (characters > 512 || length > (ulong)span.Length || VariableHeader + (2 * characters) + length != (ulong)span.Length)
        {
            return false;
        }

        var at = VariableHeader + (2 * (int)characters);
        name = new Guid(span[..16]).ToString() + "-" + Clean(Encoding.Unicode.GetString(span[VariableHeader..at]));
        value = data[at..];
        return true;
    }

    /// <summary>What GRUB measures of its texts, without the closing NUL.</summary>
    static bool TryReadAfterColon(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text)
    {
        text = data.TrimEnd((byte)0);
        var colon = text.IndexOf(": "u8);
        text = colon >= 0 ? text[(colon + 2)..] : [];
        return colon >= 0;
    }

    static string Assignment(string name, ReadOnlySpan<byte> value) => Cut($"{name} = {Hex(value)}");

    static string Hex(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(value[..Math.Min(value.Length, Shown)]) + (value.Length > Shown ? "…" : string.Empty);

    /// <summary>A text where it is one, short bytes in full, or how many they are.</summary>
    static string Content(ReadOnlySpan<byte> data) => Text(data) ?? (data.Length <= Shown ? Hex(data) : string.Create(CultureInfo.InvariantCulture, $"{data.Length} bytes"));

    /// <summary>True where every usable digest, or any of them, is of these bytes.</summary>
    static bool Covers(ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> digests, ReadOnlySpan<byte> data, bool all = true)
    {
        var usable = 0;
        foreach (var (algorithm, digest) in digests)
        {
            if (TcgHash.Name(algorithm) is { } hash)
            {
                usable++;
                if (CryptographicOperations.HashData(hash, data).AsSpan().SequenceEqual(digest.Span) != all)
                {
                    return !all;
                }
            }
        }

        return all && usable > 0;
    }

    /// <summary>ASCII or UTF-16 of printable characters, with a closing NUL or without; null for anything else.</summary>
    static string? Text(ReadOnlySpan<byte> data)
    {
        if (data.Length > 4 * MaxDetail || data.IsEmpty)
        {
            return null;
        }

        var ascii = data.TrimEnd((byte)0);
        if (!ascii.IsEmpty && !ascii.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return Cut(Encoding.ASCII.GetString(ascii));
        }

        if (data.Length % 2 != 0)
        {
            return null;
        }

        var wide = Encoding.Unicode.GetString(data).TrimEnd('\0');
        return wide.Length > 0 && !wide.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Cut(wide) : null;
    }

    static string Clean(string text) => new([.. text.TrimEnd('\0').Select(character => character is >= ' ' and <= '~' ? character : '?')]);

    static string Cut(string text) => text.Length <= MaxDetail ? text : text[..MaxDetail] + "…";
}
