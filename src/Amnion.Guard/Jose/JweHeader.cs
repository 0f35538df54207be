using System.Text.Json;

namespace Amnion.Guard.Jose;

/// <summary>A JOSE header: the union of the protected header, the shared unprotected one and a recipient's own (RFC 7516 §4). No name stands in two of them.</summary>
sealed class JweHeader
{
    readonly JsonElement? _protected;
    readonly JsonElement?[] _parts;

    /// <exception cref="JweFormatException">A part is no object, or a name stands in two of them (RFC 7516 §7.2.1).</exception>
    public JweHeader(JsonElement? protectedPart, JsonElement? shared, JsonElement? recipient)
    {
        _protected = protectedPart;
        _parts = [protectedPart, shared, recipient];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var part in _parts)
        {
            if (part is { ValueKind: not JsonValueKind.Object })
            {
                throw new JweFormatException("header", "is no object");
            }

            if (part is { } members && members.EnumerateObject().Any(member => !names.Add(member.Name)))
            {
                throw new JweFormatException("header", "has a name that stands twice");
            }
        }
    }

    /// <summary>True where the protected header has the name.</summary>
    public bool Protects(string name) => _protected is { } part && part.TryGetProperty(name, out _);

    /// <summary>The value of a name, or null.</summary>
    public JsonElement? Find(string name)
    {
        foreach (var part in _parts)
        {
            if (part is { } members && members.TryGetProperty(name, out var value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The string of a name, or null where it is absent.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw new JweFormatException(name, "is no string"),
    };

    /// <summary>The bytes of a name; empty where it is absent.</summary>
    public byte[] Bytes(string name, int maxLength) => JoseBytes.Decode(Text(name) ?? "", name, maxLength);
}
