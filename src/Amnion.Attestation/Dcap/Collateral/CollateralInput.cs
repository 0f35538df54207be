using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>
/// Reads an answer of Intel's service, { NAME: object, "signature": hex }, and keeps the object's exact bytes, which are what Intel signed. No member
/// twice, no comment. Members without a rule are skipped: Intel signed them.
/// </summary>
sealed class CollateralInput(ReadOnlyMemory<byte> json, string code)
{
    /// <summary>Most bytes; TCB info has some 10 KiB.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>Most levels, modules or advisories in one list; Intel's have below 40.</summary>
    public const int MaxItems = 256;

    static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads the outer object and gives inner object and signature to <paramref name="read"/>.</summary>
    public T Open<T>(string name, Func<CollateralInput, JsonElement, ReadOnlyMemory<byte>, T> read)
    {
        if (json.Length > MaxLength)
        {
            throw Fail(MaxLength, name, "longer than 1 MiB");
        }

        try
        {
            using var document = JsonDocument.Parse(json, s_options);
            var signature = Hex(document.RootElement, "signature", 64);
            return read(this, Member(document.RootElement, name, JsonValueKind.Object), signature);
        }
        catch (InvalidOperationException)
        {
            // A member's name with half a surrogate pair, which is found only when names are compared.
            throw Fail(0, name, "not Unicode text");
        }
        catch (JsonException exception)
        {
            throw Fail((int)Math.Min(exception.BytePositionInLine ?? 0, json.Length), name, "not JSON, or a member twice");
        }
    }

    /// <summary>The element's own bytes in the answer.</summary>
    public ReadOnlyMemory<byte> Raw(JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return json.Slice(Offset(element), raw.Length);
    }

    public JsonElement Member(JsonElement parent, string name, JsonValueKind kind) => Find(parent, name, kind) ?? throw Fail(Offset(parent), name, "absent");

    public JsonElement? Find(JsonElement parent, string name, JsonValueKind kind)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var member))
        {
            return null;
        }

        return member.ValueKind == kind ? member : throw Fail(Offset(member), name, $"{kind} expected");
    }

    public string Text(JsonElement parent, string name) => Value(Member(parent, name, JsonValueKind.String), name);

    public int Number(JsonElement parent, string name, int most)
    {
        var member = Member(parent, name, JsonValueKind.Number);
        return member.TryGetInt32(out var number) && number >= 0 && number <= most
            ? number
            : throw Fail(Offset(member), name, string.Create(CultureInfo.InvariantCulture, $"a whole number up to {most} expected"));
    }

    public ReadOnlyMemory<byte> Hex(JsonElement parent, string name, int length)
    {
        var member = Member(parent, name, JsonValueKind.String);
        var text = Value(member, name);
        var bytes = new byte[length];
        return text.Length == 2 * length && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? bytes
            : throw Fail(Offset(member), name, string.Create(CultureInfo.InvariantCulture, $"{length} bytes in hexadecimal expected"));
    }

    /// <summary>A time in UTC with seconds, as Intel writes all of them: "2026-02-18T10:58:51Z".</summary>
    public DateTimeOffset Time(JsonElement parent, string name)
    {
        var member = Member(parent, name, JsonValueKind.String);
        return DateTimeOffset.TryParseExact(Value(member, name), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Fail(Offset(member), name, "a time in UTC like 2026-02-18T10:58:51Z expected");
    }

    public ImmutableArray<T> List<T>(JsonElement parent, string name, Func<JsonElement, T> read)
    {
        var member = Member(parent, name, JsonValueKind.Array);
        return member.GetArrayLength() is > 0 and <= MaxItems
            ? [.. member.EnumerateArray().Select(read)]
            : throw Fail(Offset(member), name, "1 to 256 items expected");
    }

    /// <summary>tcbStatus, tcbDate and advisoryIDs of a level.</summary>
    public LevelStatus Status(JsonElement level)
    {
        var status = TcbStatuses.Read(Text(level, "tcbStatus")) ?? throw Fail(Offset(level), "tcbStatus", "not a status this version knows");
        var advisories = Find(level, "advisoryIDs", JsonValueKind.Array) is { } list && list.GetArrayLength() > 0
            ? List(level, "advisoryIDs", item => item.ValueKind == JsonValueKind.String ? Value(item, "advisoryIDs") : throw Fail(Offset(item), "advisoryIDs", "text expected"))
            : [];
        return new LevelStatus(status, Time(level, "tcbDate"), advisories);
    }

    public SvnLevel SvnLevel(JsonElement level) => new(Number(Member(level, "tcb", JsonValueKind.Object), "isvsvn", ushort.MaxValue), Status(level));

    public DcapFormatException Fail(JsonElement at, string field, string problem) => Fail(Offset(at), field, problem);

    DcapFormatException Fail(int offset, string field, string problem) => new(offset, field, problem, code);

    int Offset(JsonElement element) => json.Span.Overlaps(JsonMarshal.GetRawUtf8Value(element), out var offset) ? offset : 0;

    string Value(JsonElement element, string name)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Text that is not UTF-8, or half a surrogate pair.
            throw Fail(Offset(element), name, "not Unicode text");
        }
    }
}
