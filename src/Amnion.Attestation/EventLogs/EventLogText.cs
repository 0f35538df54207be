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
            var text = data.TrimEnd((byte)0);
            var colon = text.IndexOf(": "u8);
            return colon >= 0 && Covers(digests, text[(colon + 2)..]) ? EventCoverage.TextAfterColon : EventCoverage.None;
        }

        return EventCoverage.None;
    }

    public static string Describe(EventLogEvent entry) => entry.Type switch
    {
        LogEventType.VariableDriverConfig or LogEventType.VariableBoot or LogEventType.VariableBoot2 or LogEventType.VariableAuthority
            when TryReadVariable(entry.Data, out var name, out var value) => Cut($"{name} = {Convert.ToHexStringLower(value.Span[..Math.Min(value.Length, 32)])}{(value.Length > 32 ? "…" : string.Empty)}"),
        LogEventType.Separator => Convert.ToHexStringLower(entry.Data.Span[..Math.Min(entry.Data.Length, 32)]),
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

    static bool Covers(ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> digests, ReadOnlySpan<byte> data)
    {
        var usable = 0;
        foreach (var (algorithm, digest) in digests)
        {
            if (TcgHash.Name(algorithm) is { } hash)
            {
                usable++;
                if (!CryptographicOperations.HashData(hash, data).AsSpan().SequenceEqual(digest.Span))
                {
                    return false;
                }
            }
        }

        return usable > 0;
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
