using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Attestation.Sigstore;

/// <summary>What Sigstore's JSON (protobuf's JSON mapping) has beyond plain members: bytes in base64, 64-bit numbers in quotes, times.</summary>
static class SigstoreJson
{
    /// <summary>Digests, key identifiers and the like.</summary>
    public const int MaxShort = 64;

    /// <summary>Parses the document and reads it with <paramref name="read"/>; every failure is a <see cref="SigstoreFormatException"/>.</summary>
    public static T Read<T>(ReadOnlySpan<byte> json, int maxLength, string record, string code, Func<JsonObjectReader, T> read)
    {
        try
        {
            using var document = CanonicalJson.Parse(json, maxLength, record);
            return read(new JsonObjectReader(document.RootElement, record));
        }
        catch (RecordFormatException exception)
        {
            throw new SigstoreFormatException(exception.Offset, exception.Path, exception.Message, code);
        }
    }

    /// <summary>Bytes in padded standard base64 (RFC 4648 §4), in their one canonical spelling.</summary>
    public static ReadOnlyMemory<byte> Bytes(JsonObjectReader reader, string name, int maxLength, int minLength = 1)
    {
        var text = reader.Text(name, checked((maxLength * 4 / 3) + 4));
        return TryBytes(text, out var bytes) && bytes.Length >= minLength && bytes.Length <= maxLength
            ? bytes
            : throw reader.Refuse(name, string.Create(CultureInfo.InvariantCulture, $"must be {minLength} to {maxLength} bytes in base64"));
    }

    /// <summary>Decodes padded standard base64 without white space; false for anything else.</summary>
    public static bool TryBytes(string text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length % 4 != 0)
        {
            return false;
        }

        var buffer = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64String(text, buffer, out var written))
        {
            return false;
        }

        // The decoder skips white space and ignores unused low bits; one spelling is accepted.
        bytes = buffer[..written];
        return Convert.ToBase64String(bytes) == text;
    }

    /// <summary>A non-negative int64, as a JSON number or a decimal string: both are protobuf's.</summary>
    public static long Number(JsonObjectReader reader, string name)
    {
        var value = reader.Any(name);
        var ok = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out var number) && number >= 0 ? number : -1,
            JsonValueKind.String => TryDecimal(value.GetString()!, out var number) ? number : -1,
            _ => -1,
        };
        return ok >= 0 ? ok : throw reader.Refuse(name, "must be an integer from 0 to 2^63-1");
    }

    /// <summary>As <see cref="Number"/>, or null where the member is absent; protobuf leaves out zeros.</summary>
    public static long? OptionalNumber(JsonObjectReader reader, string name)
    {
        if (reader.Has(name))
        {
            return Number(reader, name);
        }

        _ = reader.OptionalText(name);
        return null;
    }

    /// <summary>Decimal digits without sign or leading zeros.</summary>
    public static bool TryDecimal(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        return text.Length is > 0 and <= 19 && !text.ContainsAnyExceptInRange('0', '9') && (text.Length == 1 || text[0] != '0')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>A nested object, or null where it is absent.</summary>
    public static JsonObjectReader? Optional(JsonObjectReader reader, string name)
    {
        if (reader.Has(name))
        {
            return reader.Object(name);
        }

        _ = reader.OptionalText(name);
        return null;
    }

    /// <summary>An array of objects; empty where the member is absent, as protobuf leaves empty lists out.</summary>
    public static ImmutableArray<T> List<T>(JsonObjectReader reader, string name, int maxCount, Func<JsonObjectReader, T> read)
    {
        if (reader.Has(name))
        {
            return reader.Objects(name, maxCount, read);
        }

        _ = reader.OptionalText(name);
        return [];
    }

    /// <summary>A time of RFC 3339 in UTC with at most nanoseconds, of which ten millionths of a second are kept.</summary>
    public static DateTimeOffset Time(JsonObjectReader reader, string name)
    {
        var text = reader.Text(name, 35);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var utc = text.EndsWith('Z');
        var digits = dot < 0 || !utc ? string.Empty : text[(dot + 1)..^1];
        var plain = dot < 0 ? text : text[..dot] + "Z";
        var valid = utc && (dot < 0 || (digits.Length is > 0 and <= 9 && !digits.AsSpan().ContainsAnyExceptInRange('0', '9')));
        if (!valid || !DateTimeOffset.TryParseExact(plain, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            throw reader.Refuse(name, "must be a time of RFC 3339 in UTC");
        }

        var ticks = digits.Length == 0 ? 0 : long.Parse(digits.PadRight(7, '0').AsSpan(0, 7), NumberStyles.None, CultureInfo.InvariantCulture);
        return time.AddTicks(ticks);
    }

    /// <summary>The time of a number of seconds since 1970; null beyond the calendar.</summary>
    public static DateTimeOffset? FromUnix(long seconds) => seconds is > 0 and <= 253402300799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>"2026-01-22T22:42:02Z".</summary>
    public static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + "Z";
}
