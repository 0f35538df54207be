using System.Text.Json;

namespace Amnion.Guard.Fields;

/// <summary>Reads a JSON text into its values with their places, so that a value can be replaced and every other byte stays as it is.</summary>
ref struct FieldTree
{
    Utf8JsonReader _reader;
    readonly int _maxValues;
    int _values;

    FieldTree(ReadOnlySpan<byte> json, int maxDepth, int maxValues)
    {
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth, AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow });
        _maxValues = maxValues;
    }

    /// <exception cref="FieldFormatException">Not strict JSON, a member stands twice, a string is not valid Unicode, or a limit is exceeded.</exception>
    public static FieldNode Parse(ReadOnlySpan<byte> json, int maxLength, int maxDepth, int maxValues = FieldLimits.MaxValues)
    {
        if (json.Length > maxLength)
        {
            throw Refuse($"is {json.Length} bytes; at most {maxLength} are accepted");
        }

        var tree = new FieldTree(json, maxDepth, maxValues);
        try
        {
            tree._reader.Read();
            var root = tree.Value(null);

            // What follows the value is an error of the reader.
            tree._reader.Read();
            return root;
        }
        catch (JsonException)
        {
            throw Refuse($"is not strict JSON of at most {maxDepth} levels (RFC 8259)", tree._reader.BytesConsumed);
        }
        catch (InvalidOperationException)
        {
            throw Refuse("holds a string that is not valid Unicode (RFC 8259 §8.2)", tree._reader.TokenStartIndex);
        }
    }

    FieldNode Value(string? name)
    {
        if (++_values > _maxValues)
        {
            throw Refuse($"has more than {_maxValues} values", _reader.TokenStartIndex);
        }

        var kind = _reader.TokenType;
        var node = new FieldNode(kind, checked((int)_reader.TokenStartIndex), name) { Text = kind == JsonTokenType.String ? _reader.GetString() : null };
        if (kind == JsonTokenType.StartObject)
        {
            Members(node);
        }
        else if (kind == JsonTokenType.StartArray)
        {
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                node.Children.Add(Value(null));
            }
        }

        node.End = checked((int)_reader.BytesConsumed);
        return node;
    }

    void Members(FieldNode node)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var name = _reader.GetString()!;
            if (!names.Add(name))
            {
                throw Refuse("has a member that stands twice", _reader.TokenStartIndex);
            }

            _reader.Read();
            node.Children.Add(Value(name));
        }
    }

    static FieldFormatException Refuse(string problem, long offset = -1) => new(FieldCodes.MalformedDocument, "$", problem, offset);
}
