using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Amnion.Attestation;

/// <summary>The tokens of a policy document, read strictly: printable ASCII without escapes, plain digits, no member twice, a position for every refusal.</summary>
ref struct PolicyJson
{
    /// <summary>Most characters of a name.</summary>
    public const int MaxTokenLength = 64;

    const int MaxNesting = 4;

    readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    Utf8JsonReader _json;

    public PolicyJson(ReadOnlySpan<byte> json) =>
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxNesting, CommentHandling = JsonCommentHandling.Disallow });

    /// <summary>JSON path of the member that is being read.</summary>
    public string Field { get; set; } = "$";

    public readonly bool HasSeen(string field) => _seen.Contains(field);

    public bool HasMore() => _json.Read();

    public long ReadInteger(long min, long max)
    {
        Take(JsonTokenType.Number, "a number");
        // Only plain digits: 1e2 and 1.0 are spellings of integers that RFC 8785 does not write.
        return !_json.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9') && _json.TryGetInt64(out var value) && value >= min && value <= max
            ? value
            : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"must be an integer from {min} to {max}"));
    }

    public bool ReadBoolean()
    {
        _ = _json.Read();
        return _json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Refuse("must be true or false"),
        };
    }

    public string ReadText()
    {
        _ = _json.Read();
        return CurrentText();
    }

    public string CurrentText()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            throw Refuse("must be a string");
        }

        return Ascii();
    }

    /// <summary>Every text of the format is printable ASCII, so an escape or another character is never right.</summary>
    readonly string Ascii() => !_json.ValueIsEscaped && !_json.ValueSpan.ContainsAnyExceptInRange((byte)' ', (byte)'~')
        ? Encoding.ASCII.GetString(_json.ValueSpan)
        : throw Refuse("holds an escape sequence or a character outside printable ASCII");

    public bool TryReadName(string parent, out string name)
    {
        _ = _json.Read();
        name = string.Empty;
        Field = parent;
        if (_json.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        name = _json.ValueSpan.Length <= MaxTokenLength ? Ascii() : throw Refuse("has a member with a name longer than 64 bytes");
        Field = $"{parent}.{name}";
        return _seen.Add(Field) ? true : throw Refuse("stands here twice");
    }

    public bool TryReadItem(int count, int limit)
    {
        _ = _json.Read();
        if (_json.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        return count < limit ? true : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"has more than {limit} values"));
    }

    public void Take(JsonTokenType type, string what)
    {
        _ = _json.Read();
        if (_json.TokenType != type)
        {
            throw Refuse($"must be {what}");
        }
    }

    public readonly PolicyFormatException RefuseSyntax() => new(Field, "is not valid JSON, or nested too deep", _json.BytesConsumed);

    public readonly PolicyFormatException Refuse(string problem) => new(Field, problem, _json.TokenStartIndex);
}
