using System.Text.Json;

namespace Amnion.Guard.Evaluation;

/// <summary>
/// Reads evaluation files: UTF-8, one JSON object a line with "text" (string), "label" (0 or 1) and, where given, "channel" ("system", "user", "document", "tool" or "answer"; "output" is "answer"), "kind" and "transform" (strings).
/// Rows of the personal-data files have "spans" (array) for a label: 1 where it holds something. Other fields are passed over. Empty lines are allowed; a field given twice, a wrong type, a lone surrogate or anything after the object is not.
/// </summary>
public static class EvaluationRowReader
{
    /// <summary>Longest line, in bytes.</summary>
    public const int MaxLineBytes = 4 * 1024 * 1024;

    /// <summary>Most rows of a file.</summary>
    public const int MaxRows = 1_000_000;

    const int MaxFamilyLength = 128;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="EvaluationFormatException">A line is not a row.</exception>
    public static IReadOnlyList<EvaluationRow> Read(ReadOnlySpan<byte> file)
    {
        var rows = new List<EvaluationRow>();
        var start = 0;
        for (var line = 1; start < file.Length; line++)
        {
            var rest = file[start..];
            var end = rest.IndexOf((byte)'\n');
            var bytes = end < 0 ? rest : rest[..end];
            if (bytes.Length > MaxLineBytes)
            {
                throw new EvaluationFormatException(line, start, "row", $"is {bytes.Length} bytes; at most {MaxLineBytes} are allowed");
            }

            if (bytes.ContainsAnyExcept(" \t\r"u8))
            {
                if (rows.Count == MaxRows)
                {
                    throw new EvaluationFormatException(line, start, "row", $"comes after {MaxRows} rows; no more are allowed");
                }

                rows.Add(ReadRow(bytes, line, start));
            }

            start += bytes.Length + 1;
        }

        return rows;
    }

    static EvaluationRow ReadRow(ReadOnlySpan<byte> bytes, int line, long offset)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 16 });
        var fields = new RowFields();
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new EvaluationFormatException(line, offset, "row", "is not a JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadField(ref reader, ref fields, line, offset);
            }

            if (reader.Read())
            {
                throw new EvaluationFormatException(line, offset + reader.TokenStartIndex, "row", "has something after the object");
            }
        }
        catch (JsonException e)
        {
            throw new EvaluationFormatException(line, offset + (e.BytePositionInLine ?? 0), "row", "is not JSON");
        }

        var text = fields.Text ?? throw new EvaluationFormatException(line, offset, "text", "is missing");
        var positive = fields.Label ?? fields.HasSpans ?? throw new EvaluationFormatException(line, offset, "label", "is missing");
        return new EvaluationRow(text, positive, fields.Channel ?? GuardChannel.User, fields switch
        {
            { Kind: { } kind, Transform: { } transform } => $"{kind}/{transform}",
            _ => fields.Kind ?? fields.Transform ?? string.Empty,
        });
    }

    static void ReadField(ref Utf8JsonReader reader, ref RowFields fields, int line, long offset)
    {
        var at = offset + reader.TokenStartIndex;
        switch (reader)
        {
            case var _ when reader.ValueTextEquals("text"u8):
                fields.Text = Once(fields.Text is null, ReadString(ref reader, "text", line, at), "text", line, at);
                break;
            case var _ when reader.ValueTextEquals("label"u8):
                fields.Label = Once(fields.Label is null, ReadLabel(ref reader, line, at), "label", line, at);
                break;
            case var _ when reader.ValueTextEquals("spans"u8):
                fields.HasSpans = Once(fields.HasSpans is null, ReadSpans(ref reader, line, at), "spans", line, at);
                break;
            case var _ when reader.ValueTextEquals("channel"u8):
                fields.Channel = Once(fields.Channel is null, ReadChannel(ref reader, line, at), "channel", line, at);
                break;
            case var _ when reader.ValueTextEquals("kind"u8):
                fields.Kind = Once(fields.Kind is null, ReadFamily(ref reader, "kind", line, at), "kind", line, at);
                break;
            case var _ when reader.ValueTextEquals("transform"u8):
                fields.Transform = Once(fields.Transform is null, ReadFamily(ref reader, "transform", line, at), "transform", line, at);
                break;
            default:
                reader.Read();
                reader.Skip();
                break;
        }
    }

    static T Once<T>(bool first, T value, string field, int line, long at) => first ? value : throw new EvaluationFormatException(line, at, field, "is given twice");

    static bool ReadLabel(ref Utf8JsonReader reader, int line, long at)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var label) && label is 0 or 1 ? label == 1 : throw new EvaluationFormatException(line, at, "label", "is not 0 or 1");
    }

    static bool ReadSpans(ref Utf8JsonReader reader, int line, long at)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new EvaluationFormatException(line, at, "spans", "is not an array");
        }

        var depth = reader.CurrentDepth;
        reader.Read();
        var holdsSomething = reader.TokenType != JsonTokenType.EndArray;
        while (reader.TokenType != JsonTokenType.EndArray || reader.CurrentDepth > depth)
        {
            reader.Read();
        }

        return holdsSomething;
    }

    static GuardChannel ReadChannel(ref Utf8JsonReader reader, int line, long at) => ReadString(ref reader, "channel", line, at) switch
    {
        "system" => GuardChannel.System,
        "user" => GuardChannel.User,
        "document" => GuardChannel.Document,
        "tool" => GuardChannel.Tool,
        "answer" or "output" => GuardChannel.Answer,
        _ => throw new EvaluationFormatException(line, at, "channel", "is not system, user, document, tool or answer"),
    };

    static string? ReadFamily(ref Utf8JsonReader reader, string field, int line, long at)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var family = ReadText(ref reader, field, line, at);

        // Families are printed: nothing that a terminal takes for more than text.
        return family.Length <= MaxFamilyLength && !family.AsSpan().ContainsAnyExceptInRange(' ', '~') ? family : throw new EvaluationFormatException(line, at, field, $"is not at most {MaxFamilyLength} printable ASCII characters");
    }

    static string ReadString(ref Utf8JsonReader reader, string field, int line, long at)
    {
        reader.Read();
        return ReadText(ref reader, field, line, at);
    }

    static string ReadText(ref Utf8JsonReader reader, string field, int line, long at)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new EvaluationFormatException(line, at, field, "is not a string");
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new EvaluationFormatException(line, at, field, "is not valid Unicode");
        }
    }

    struct RowFields
    {
        public string? Text;
        public bool? Label;
        public bool? HasSpans;
        public GuardChannel? Channel;
        public string? Kind;
        public string? Transform;
    }
}
