using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Amnion.Records;

/// <summary>JSON Canonicalization Scheme, RFC 8785: one byte string for one value, so that it can be hashed and signed.</summary>
public static class CanonicalJson
{
    /// <summary>Deepest nesting accepted.</summary>
    public const int MaxDepth = 32;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Parses one strict JSON value: no comments, no trailing commas, no duplicate members, at most <see cref="MaxDepth"/> deep.</summary>
    /// <exception cref="RecordFormatException">Not such a value, or longer than <paramref name="maxLength"/> bytes.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> json, int maxLength, string record)
    {
        if (json.Length > maxLength)
        {
            throw new RecordFormatException(record, "$", $"is {json.Length} bytes; at most {maxLength} are accepted");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json.ToArray(), Strict);
        }
        catch (JsonException e)
        {
            throw new RecordFormatException(record, "$", "is not valid JSON (or a member stands twice, or it is nested too deep)", e.BytePositionInLine ?? -1);
        }
        catch (InvalidOperationException)
        {
            // The search for duplicates reads escaped member names, and throws this for a lone surrogate in one.
            throw new RecordFormatException(record, "$", "has a member name that is not valid Unicode");
        }

        try
        {
            RequireUnicode(document.RootElement);
            return document;
        }
        catch (InvalidOperationException)
        {
            // RFC 8785 §3.2.2.2: a lone surrogate or broken UTF-8 has no canonical form. JsonDocument only notices when a string is read.
            document.Dispose();
            throw new RecordFormatException(record, "$", "holds a string that is not valid Unicode");
        }
    }

    /// <summary>The record's own name for its format: the text of its member "format"; null where it has none. For the places where one of several records may stand.</summary>
    /// <exception cref="RecordFormatException">Not strict JSON, or longer than <paramref name="maxLength"/> bytes.</exception>
    public static string? FormatOf(ReadOnlySpan<byte> json, int maxLength, string record)
    {
        using var document = Parse(json, maxLength, record);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String
            ? format.GetString()
            : null;
    }

    static void RequireUnicode(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    RequireUnicode(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    RequireUnicode(member.Value);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Writes a value with <paramref name="write"/> and returns its canonical form.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Canonicalize(buffer.WrittenSpan, int.MaxValue, "json");
    }

    /// <summary>The canonical form of JSON text.</summary>
    /// <exception cref="RecordFormatException">Not strict JSON, or too long.</exception>
    public static byte[] Canonicalize(ReadOnlySpan<byte> json, int maxLength, string record)
    {
        using var document = Parse(json, maxLength, record);
        return Canonicalize(document.RootElement);
    }

    /// <summary>The canonical form of a value that <see cref="Parse"/> accepted.</summary>
    public static byte[] Canonicalize(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(text, value);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                var first = true;
                foreach (var item in value.EnumerateArray())
                {
                    text.Append(first ? "" : ",");
                    first = false;
                    Append(text, item);
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                AppendString(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append(Number(value.GetDouble()));
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            case JsonValueKind.Null:
                text.Append("null");
                break;
            default:
                throw new RecordFormatException("json", "$", "holds a value of no JSON type");
        }
    }

    static void AppendObject(StringBuilder text, JsonElement value)
    {
        // RFC 8785 §3.2.3: members sort by their names' UTF-16 code units, which is .NET's ordinal order.
        var members = value.EnumerateObject().ToArray();
        Array.Sort(members, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        text.Append('{');
        for (var i = 0; i < members.Length; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            AppendString(text, members[i].Name);
            text.Append(':');
            Append(text, members[i].Value);
        }

        text.Append('}');
    }

    static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case < ' ': text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: text.Append(c); break;
            }
        }

        text.Append('"');
    }

    // RFC 8785 §3.2.2.3: ECMAScript's Number-to-string. .NET's "R" gives the same shortest digits in another notation.
    static string Number(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new RecordFormatException("json", "$", "holds a number outside IEEE 754 double range");
        }

        if (value == 0)
        {
            return "0";
        }

        var round = value.ToString("R", CultureInfo.InvariantCulture);
        var negative = round[0] == '-';
        var mark = round.IndexOf('E', StringComparison.Ordinal);
        var mantissa = (mark < 0 ? round : round[..mark]).TrimStart('-');
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa : mantissa[..point];
        var digits = whole + (point < 0 ? "" : mantissa[(point + 1)..]);
        var exponent = whole.Length + (mark < 0 ? 0 : int.Parse(round.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        var zeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits[zeros..].TrimEnd('0');
        exponent -= zeros;
        var body = exponent switch
        {
            _ when digits.Length <= exponent && exponent <= 21 => digits.PadRight(exponent, '0'),
            > 0 and <= 21 => digits[..exponent] + "." + digits[exponent..],
            > -6 and <= 0 => "0." + new string('0', -exponent) + digits,
            _ => Scientific(digits, exponent - 1),
        };
        return negative ? "-" + body : body;
    }

    static string Scientific(string digits, int power) =>
        string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(power < 0 ? "-" : "+")}{Math.Abs(power)}");
}
