using System.Globalization;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Attestation.Json;

/// <summary>
/// A value of a JSON document with its path, read strictly: right type, bounded, no member twice, none that the caller does not know unless it says so.
/// Every refusal is the exception that the caller's format uses.
/// </summary>
readonly struct JsonView
{
    readonly JsonElement _element;
    readonly Func<string, string, FormatException> _refuse;

    JsonView(JsonElement element, string path, Func<string, string, FormatException> refuse)
    {
        _element = element;
        Path = path;
        _refuse = refuse;
    }

    /// <summary>"$" for the document, else its members' names joined with dots.</summary>
    public string Path { get; }

    public JsonElement Element => _element;

    public bool IsNull => _element.ValueKind == JsonValueKind.Null;

    public bool IsText => _element.ValueKind == JsonValueKind.String;

    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    public bool IsArray => _element.ValueKind == JsonValueKind.Array;

    /// <summary>Parses a whole document, applies <paramref name="read"/> and turns whatever JSON goes wrong into the format's own exception.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="maxLength">Most bytes.</param>
    /// <param name="refuse">Makes the format's exception from a path and a problem.</param>
    /// <param name="read">Reads the document; the view does not outlive the call.</param>
    public static T Parse<T>(ReadOnlyMemory<byte> utf8, int maxLength, Func<string, string, FormatException> refuse, Func<JsonView, T> read)
    {
        if (utf8.Length > maxLength)
        {
            throw refuse("$", string.Create(CultureInfo.InvariantCulture, $"{utf8.Length} bytes; at most {maxLength} are accepted"));
        }

        using var document = Read(utf8.Span, maxLength, refuse);
        return read(new JsonView(document.RootElement, "$", refuse));
    }

    public FormatException Refuse(string problem) => _refuse(Path, problem);

    public JsonView Member(string name) => Find(name) ?? throw _refuse(Join(name), "missing");

    /// <summary>The member; null where it is absent or JSON null.</summary>
    public JsonView? Find(string name) => ExpectKind(JsonValueKind.Object, "an object").TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
        ? new JsonView(value, Join(name), _refuse)
        : null;

    public bool Has(string name) => IsObject && _element.TryGetProperty(name, out _);

    /// <summary>Refuses members that are none of <paramref name="known"/>.</summary>
    public void ExpectOnly(params ReadOnlySpan<string> known)
    {
        foreach (var member in ExpectKind(JsonValueKind.Object, "an object").EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                throw Refuse("a member that this version does not know");
            }
        }
    }

    public List<(string Name, JsonView Value)> Members(int limit)
    {
        var members = new List<(string, JsonView)>();
        foreach (var member in ExpectKind(JsonValueKind.Object, "an object").EnumerateObject())
        {
            if (members.Count == limit)
            {
                throw Refuse(string.Create(CultureInfo.InvariantCulture, $"more than {limit} members"));
            }

            members.Add((member.Name, new JsonView(member.Value, Join(member.Name), _refuse)));
        }

        return members;
    }

    public List<JsonView> Items(int limit)
    {
        var count = ExpectKind(JsonValueKind.Array, "an array").GetArrayLength();
        if (count > limit)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{count} items; at most {limit} are accepted"));
        }

        var items = new List<JsonView>(count);
        foreach (var item in _element.EnumerateArray())
        {
            items.Add(new JsonView(item, Join(items.Count.ToString(CultureInfo.InvariantCulture)), _refuse));
        }

        return items;
    }

    public string Text(int max)
    {
        var text = ExpectKind(JsonValueKind.String, "a text").GetString()!;
        return text.Length <= max ? text : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{text.Length} characters; at most {max} are accepted"));
    }

    public long Integer(long min, long max) =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetInt64(out var value) && value >= min && value <= max
            ? value
            : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {min} to {max}"));

    public bool Boolean() => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Refuse("expected true or false"),
    };

    /// <summary>Hexadecimal in either case.</summary>
    public byte[] Hex(int max)
    {
        var text = Text(2 * max);
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            throw Refuse("not hexadecimal");
        }
    }

    /// <summary>Base64 with padding, RFC 4648 §4; white space is refused.</summary>
    public byte[] Base64(int max)
    {
        var text = Text(checked(4 * ((max + 2) / 3)));
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return !text.AsSpan().ContainsAny(" \t\r\n") && Convert.TryFromBase64String(text, bytes, out var written) && written <= max
            ? bytes[..written]
            : throw Refuse("not Base64");
    }

    /// <summary>Base64 with the URL-safe alphabet, RFC 4648 §5, with its padding or without.</summary>
    public byte[] Base64Url(int max)
    {
        var text = Text(checked(4 * ((max + 2) / 3)));
        var bytes = new byte[(text.Length / 4 * 3) + 3];

        // Not TryDecodeFromChars: that one throws on a character outside the alphabet.
        var status = System.Buffers.Text.Base64Url.DecodeFromChars(text, bytes, out _, out var written);
        return !text.AsSpan().ContainsAny(" \t\r\n") && status == System.Buffers.OperationStatus.Done && written <= max
            ? bytes[..written]
            : throw Refuse("not Base64 of the URL-safe alphabet");
    }

    /// <summary>An array of numbers 0 to 255, as serde writes bytes.</summary>
    public byte[] ByteArray(int max)
    {
        var count = ExpectKind(JsonValueKind.Array, "an array of bytes").GetArrayLength();
        if (count > max)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{count} bytes; at most {max} are accepted"));
        }

        var bytes = new byte[count];
        var i = 0;
        foreach (var item in _element.EnumerateArray())
        {
            bytes[i++] = item.ValueKind == JsonValueKind.Number && item.TryGetByte(out var value) ? value : throw Refuse("expected numbers from 0 to 255");
        }

        return bytes;
    }

    static JsonDocument Read(ReadOnlySpan<byte> utf8, int maxLength, Func<string, string, FormatException> refuse)
    {
        try
        {
            return CanonicalJson.Parse(utf8, maxLength, "json");
        }
        catch (RecordFormatException)
        {
            throw refuse("$", "not valid JSON, a member twice, nested too deep, or text that is not Unicode");
        }
    }

    JsonElement ExpectKind(JsonValueKind kind, string what) => _element.ValueKind == kind ? _element : throw Refuse("expected " + what);

    string Join(string name) => Path == "$" ? name : Path + "." + name;
}
