using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>
/// Reads one JSON object of a caller's request. Every member must be asked for: what nobody asked for is refused by name, since a
/// parameter that is silently ignored changes what the caller gets. An explicit null counts as absent, as with OpenAI.
/// </summary>
sealed class ApiObject
{
    /// <summary>Longest text of any one member, UTF-16 units; the request as a whole is limited in bytes before.</summary>
    public const int MaxText = 4 * 1024 * 1024;

    readonly JsonElement _object;
    readonly string _path;
    readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public ApiObject(JsonElement value, string path = "")
    {
        _path = path;
        _object = value.ValueKind == JsonValueKind.Object ? value : throw new ApiException(path.Length == 0 ? ApiError.MalformedJson : ApiError.Invalid(path, "must be an object"));
    }

    /// <summary>The value itself.</summary>
    public JsonElement Element => _object;

    /// <summary>A member's full name, as error answers show it.</summary>
    public string Name(string member) => _path.Length == 0 ? member : $"{_path}.{member}";

    /// <summary>The member, or null where it is absent or null.</summary>
    public JsonElement? Any(string member)
    {
        _asked.Add(member);
        return _object.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>The member.</summary>
    public JsonElement Required(string member) => Any(member) ?? throw new ApiException(ApiError.Missing(Name(member)));

    public string? Text(string member, int maxLength = MaxText) => Any(member) is { } value ? ReadText(value, Name(member), maxLength) : null;

    public string RequiredText(string member, int maxLength = MaxText) => ReadText(Required(member), Name(member), maxLength);

    /// <summary>A string value.</summary>
    public static string ReadText(JsonElement value, string name, int maxLength = MaxText)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new ApiException(ApiError.Invalid(name, "must be a string"));
        }

        var text = value.GetString()!;
        return text.Length <= maxLength ? text : throw new ApiException(ApiError.Invalid(name, $"is longer than {maxLength} characters"));
    }

    public double? Number(string member, double min, double max)
    {
        if (Any(member) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max
            ? number
            : throw new ApiException(ApiError.Invalid(Name(member), FormattableString.Invariant($"must be a number from {min} to {max}")));
    }

    public long? Integer(string member, long min, long max)
    {
        if (Any(member) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : throw new ApiException(ApiError.Invalid(Name(member), $"must be an integer from {min} to {max}"));
    }

    public bool? Flag(string member) => Any(member) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw new ApiException(ApiError.Invalid(Name(member), "must be true or false")),
    };

    public ApiObject? Object(string member) => Any(member) is { } value ? new ApiObject(value, Name(member)) : null;

    /// <summary>The items of an array; null where it is absent.</summary>
    public ImmutableArray<(JsonElement Value, string Path)>? Items(string member, int maxCount)
    {
        if (Any(member) is not { } value)
        {
            return null;
        }

        return ReadItems(value, Name(member), maxCount);
    }

    /// <summary>The items of an array value.</summary>
    public static ImmutableArray<(JsonElement Value, string Path)> ReadItems(JsonElement value, string name, int maxCount)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > maxCount)
        {
            throw new ApiException(ApiError.Invalid(name, $"must be an array of at most {maxCount} items"));
        }

        var index = 0;
        return [.. value.EnumerateArray().Select(item => (item, $"{name}[{index++}]"))];
    }

    /// <summary>Members that say nothing about the answer (labels, accounting): read and passed over.</summary>
    public void Accept(params ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            _asked.Add(member);
        }
    }

    /// <summary>Members that are known and would change the answer, but are not supported.</summary>
    public void Refuse(params ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            if (Any(member) is not null)
            {
                throw new ApiException(ApiError.Unsupported(Name(member)));
            }
        }
    }

    /// <summary>A member that may only have values which change nothing.</summary>
    public void Only(string member, Func<JsonElement, bool> neutral, string allowed)
    {
        if (Any(member) is { } value && !neutral(value))
        {
            throw new ApiException(ApiError.UnsupportedValue(Name(member), allowed));
        }
    }

    /// <summary>A member that may only be false (or absent).</summary>
    public void OnlyFalse(string member) => Only(member, static value => value.ValueKind == JsonValueKind.False, "is only supported as false");

    /// <summary>A member that may only be one (or absent).</summary>
    public void OnlyOne(string member) =>
        Only(member, static value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number == 1, "is only supported as 1");

    /// <summary>A member that may only be one of some words (or absent).</summary>
    public void OnlyText(string member, params string[] words) => Only(
        member,
        value => value.ValueKind == JsonValueKind.String && words.Any(value.ValueEquals),
        $"is only supported as {string.Join(" or ", words.Select(word => $"'{word}'"))}");

    /// <summary>Refuses every member that was not asked for.</summary>
    public void End()
    {
        foreach (var member in _object.EnumerateObject())
        {
            if (!_asked.Contains(member.Name) && member.Value.ValueKind != JsonValueKind.Null)
            {
                throw new ApiException(ApiError.Unknown(Name(Printable(member.Name))));
            }
        }
    }

    // A member's name is the caller's own text; it goes back to nobody else, but it is kept short and plain.
    static string Printable(string name) => name.Length is > 0 and <= 64 && name.All(c => c is > ' ' and < '\x7f') ? name : "(unprintable)";
}
