using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Amnion.Guard.Output.Budgets;

/// <summary>
/// A part of a caller's query budget, lent to one enclave. It was spent at the broker when it was taken: what the enclave does not use is lost, so that neither a restart nor a copy of the enclave gives anything back or counts twice.
/// </summary>
/// <param name="Tenant">Whose budget, 1 to 128 characters.</param>
/// <param name="Caller">Which of the tenant's callers, 1 to 128 characters.</param>
/// <param name="Holder">The enclave that may spend it: the key of its attested instance, 1 to 128 characters.</param>
/// <param name="Sequence">The broker's number of the lease for this caller, from 1, each used once.</param>
/// <param name="Queries">How many queries it is good for, 1 to 1,000,000.</param>
/// <param name="Expires">When it ends, in whole seconds of Unix time.</param>
public sealed record QueryLease(string Tenant, string Caller, string Holder, long Sequence, int Queries, DateTimeOffset Expires)
{
    /// <summary>The most queries in one lease.</summary>
    public const int MostQueries = 1_000_000;

    /// <summary>The longest record, in bytes.</summary>
    public const int LongestRecord = 2048;

    const int LongestName = 128;

    /// <summary>The record: one line of JSON with its fields in this order. What signs or seals it is the broker's channel.</summary>
    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "amnion/query-lease/1");
            json.WriteString("tenant", Tenant);
            json.WriteString("caller", Caller);
            json.WriteString("holder", Holder);
            json.WriteNumber("sequence", Sequence);
            json.WriteNumber("queries", Queries);
            json.WriteNumber("expires", Expires.ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a record.</summary>
    /// <exception cref="QueryLeaseFormatException">It is none, or not in the form that <see cref="ToBytes"/> writes.</exception>
    public static QueryLease Parse(ReadOnlySpan<byte> record)
    {
        Check(record.Length <= LongestRecord, "record", $"at most {LongestRecord} bytes");
        try
        {
            using var document = JsonDocument.Parse(record.ToArray(), new JsonDocumentOptions { MaxDepth = 2 });
            var root = document.RootElement;
            Check(root.ValueKind == JsonValueKind.Object, "record", "an object");
            Check(Text(root, "type") == "amnion/query-lease/1", "type", "\"amnion/query-lease/1\"");
            var lease = new QueryLease(Name(root, "tenant"), Name(root, "caller"), Name(root, "holder"), Number(root, "sequence", 1, long.MaxValue), (int)Number(root, "queries", 1, MostQueries), DateTimeOffset.FromUnixTimeSeconds(Number(root, "expires", 0, 253402300799)));
            // One form only: no member twice, none unknown, none in another order.
            Check(lease.ToBytes().AsSpan().SequenceEqual(record), "record", "its canonical form");
            return lease;
        }
        catch (JsonException exception)
        {
            throw new QueryLeaseFormatException("record", $"JSON (line {(exception.LineNumber ?? 0).ToString(CultureInfo.InvariantCulture)}, byte {(exception.BytePositionInLine ?? 0).ToString(CultureInfo.InvariantCulture)})");
        }
        catch (InvalidOperationException)
        {
            // Text that is no UTF-8 shows when it is read.
            throw new QueryLeaseFormatException("record", "UTF-8");
        }
    }

    static string Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new QueryLeaseFormatException(name, "a string");

    static string Name(JsonElement root, string name)
    {
        var text = Text(root, name);
        Check(text.Length is >= 1 and <= LongestName && Encoding.UTF8.GetByteCount(text) <= 2 * LongestName, name, $"1 to {LongestName} characters");
        return text;
    }

    static long Number(JsonElement root, string name, long least, long most) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most ? number : throw new QueryLeaseFormatException(name, $"a whole number from {least} to {most}");

    static void Check(bool condition, string field, string expected)
    {
        if (!condition)
        {
            throw new QueryLeaseFormatException(field, expected);
        }
    }
}
