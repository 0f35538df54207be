using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Records;

/// <summary>
/// Reads the members of one JSON object strictly: each is asked for by name and type, and <see cref="End"/> refuses every
/// member nobody asked for. All failures are <see cref="RecordFormatException"/>.
/// </summary>
public sealed class JsonObjectReader
{
    readonly string _record;
    readonly string _path;
    readonly JsonElement _object;
    readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Reads <paramref name="value"/>, which must be an object.</summary>
    public JsonObjectReader(JsonElement value, string record, string path = "$")
    {
        _record = record;
        _path = path;
        _object = value.ValueKind == JsonValueKind.Object ? value : throw Refuse("", "must be an object");
    }

    /// <summary>True where the member exists and is not null.</summary>
    public bool Has(string name) => _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The member, of any type.</summary>
    public JsonElement Any(string name)
    {
        _asked.Add(name);
        return _object.TryGetProperty(name, out var value) ? value : throw Refuse(name, "is missing");
    }

    /// <summary>A string of at most <paramref name="maxLength"/> UTF-16 units.</summary>
    public string Text(string name, int maxLength = 256)
    {
        var value = Any(name);
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refuse(name, "must be a string");
        return text.Length <= maxLength ? text : throw Refuse(name, $"is {text.Length} characters; at most {maxLength} are accepted");
    }

    /// <summary>A string, or null where the member is absent.</summary>
    public string? OptionalText(string name, int maxLength = 256)
    {
        _asked.Add(name);
        return Has(name) ? Text(name, maxLength) : null;
    }

    /// <summary>A string that must be exactly <paramref name="expected"/>.</summary>
    public void Constant(string name, string expected)
    {
        if (Text(name) != expected)
        {
            throw Refuse(name, $"must be \"{expected}\"");
        }
    }

    /// <summary>An integer between two bounds, both included.</summary>
    public long Integer(string name, long min, long max)
    {
        var value = Any(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : throw Refuse(name, $"must be an integer from {min} to {max}");
    }

    /// <summary>An integer, or null where the member is absent.</summary>
    public long? OptionalInteger(string name, long min, long max)
    {
        _asked.Add(name);
        return Has(name) ? Integer(name, min, max) : null;
    }

    /// <summary>A boolean; false where it is absent.</summary>
    public bool Flag(string name)
    {
        _asked.Add(name);
        return _object.TryGetProperty(name, out var value) && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Refuse(name, "must be true or false"),
        };
    }

    /// <summary>A digest "sha256:…" or "sha384:…".</summary>
    public Digest Digest(string name) =>
        Records.Digest.TryParse(Text(name), out var digest) ? digest : throw Refuse(name, "must be \"sha256:\" or \"sha384:\" and lower-case hexadecimal");

    /// <summary>Bytes in base64url without padding (RFC 4648 §5), at most <paramref name="maxLength"/> bytes.</summary>
    public ImmutableArray<byte> Bytes(string name, int maxLength, int minLength = 0)
    {
        var text = Text(name, checked((maxLength * 4 / 3) + 4));
        if (text.Contains('=', StringComparison.Ordinal) || !Base64Url.IsValid(text))
        {
            throw Refuse(name, "must be base64url without padding");
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < minLength || bytes.Length > maxLength)
        {
            throw Refuse(name, $"is {bytes.Length} bytes; expected {minLength} to {maxLength}");
        }

        // Base64url has several spellings of the same bytes (unused low bits, white space); one is accepted.
        return Base64Url.EncodeToString(bytes) == text ? [.. bytes] : throw Refuse(name, "is not in its one canonical base64url spelling");
    }

    /// <summary>A nested object.</summary>
    public JsonObjectReader Object(string name) => new(Any(name), _record, $"{_path}.{name}");

    /// <summary>An array of at most <paramref name="maxCount"/> items.</summary>
    public ImmutableArray<T> Array<T>(string name, int maxCount, Func<JsonElement, string, T> read)
    {
        var value = Any(name);
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > maxCount)
        {
            throw Refuse(name, $"must be an array of at most {maxCount} items");
        }

        var index = 0;
        return [.. value.EnumerateArray().Select(item => read(item, $"{_path}.{name}[{index++}]"))];
    }

    /// <summary>An array of strings.</summary>
    public ImmutableArray<string> Texts(string name, int maxCount, int maxLength = 256) => Array(name, maxCount, (item, path) =>
        item.ValueKind == JsonValueKind.String && item.GetString()!.Length <= maxLength
            ? item.GetString()!
            : throw new RecordFormatException(_record, path, $"must be a string of at most {maxLength} characters"));

    /// <summary>An array of objects.</summary>
    public ImmutableArray<T> Objects<T>(string name, int maxCount, Func<JsonObjectReader, T> read) =>
        Array(name, maxCount, (item, path) => read(new JsonObjectReader(item, _record, path)));

    /// <summary>An object, or null where the member is absent.</summary>
    public T? Optional<T>(string name, Func<JsonObjectReader, T> read)
        where T : class
    {
        _asked.Add(name);
        return _object.TryGetProperty(name, out var value) ? read(new JsonObjectReader(value, _record, $"{_path}.{name}")) : null;
    }

    /// <summary>The names of all members, for objects that are maps; counts them as asked for.</summary>
    public ImmutableArray<string> Names(int maxCount)
    {
        ImmutableArray<string> names = [.. _object.EnumerateObject().Select(member => member.Name)];
        _asked.UnionWith(names);
        return names.Length <= maxCount ? names : throw Refuse("", $"has {names.Length} members; at most {maxCount} are accepted");
    }

    /// <summary>Refuses every member that was not asked for.</summary>
    public void End()
    {
        foreach (var member in _object.EnumerateObject())
        {
            if (!_asked.Contains(member.Name))
            {
                throw new RecordFormatException(_record, _path, "has a member that this version does not know");
            }
        }
    }

    /// <summary>The exception for a member of this object.</summary>
    public RecordFormatException Refuse(string name, string problem) => new(_record, name.Length == 0 ? _path : $"{_path}.{name}", problem);
}
