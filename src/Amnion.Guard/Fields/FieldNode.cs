using System.Text.Json;

namespace Amnion.Guard.Fields;

/// <summary>One value of a JSON text, and where it stands in it.</summary>
sealed class FieldNode(JsonTokenType kind, int start, string? name)
{
    /// <summary>The token it begins with.</summary>
    public JsonTokenType Kind { get; } = kind;

    /// <summary>Its first byte.</summary>
    public int Start { get; } = start;

    /// <summary>The byte after its last one.</summary>
    public int End { get; set; }

    /// <summary>Its name, where it is a member of an object.</summary>
    public string? Name { get; } = name;

    /// <summary>What it says, where it is a string.</summary>
    public string? Text { get; init; }

    /// <summary>Its members or elements.</summary>
    public List<FieldNode> Children { get; } = kind is JsonTokenType.StartObject or JsonTokenType.StartArray ? [] : s_none;

    /// <summary>The member of this name, or null.</summary>
    public FieldNode? Member(string name) => Children.Find(child => child.Name == name);

    static readonly List<FieldNode> s_none = [];
}
