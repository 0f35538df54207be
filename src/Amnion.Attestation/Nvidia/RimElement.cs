namespace Amnion.Attestation.Nvidia;

/// <summary>An element of a manifest with what canonicalisation needs: prefixes as written, text between children kept.</summary>
sealed class RimElement(string prefix, string localName, string namespaceName, int offset)
{
    public string Prefix { get; } = prefix;

    public string LocalName { get; } = localName;

    public string Namespace { get; } = namespaceName;

    /// <summary>Byte offset of the start tag.</summary>
    public int Offset { get; } = offset;

    public RimElement? Parent { get; init; }

    /// <summary>Prefix ("" for the default) and namespace of each declaration.</summary>
    public List<(string Prefix, string Namespace)> Declarations { get; } = [];

    public List<RimAttribute> Attributes { get; } = [];

    /// <summary>Elements and texts (strings) in document order.</summary>
    public List<object> Content { get; } = [];

    public IEnumerable<RimElement> Elements => Content.OfType<RimElement>();

    /// <summary>Whether text other than white space stands between children.</summary>
    public bool HasText => Content.OfType<string>().Any(text => !string.IsNullOrWhiteSpace(text));

    public string Text => string.Concat(Content.OfType<string>());

    public bool Is(string namespaceName, string localName) => Namespace == namespaceName && LocalName == localName;

    /// <summary>Value of an attribute without namespace; null where absent.</summary>
    public string? Attribute(string localName, string namespaceName = "") =>
        Attributes.FirstOrDefault(attribute => attribute.LocalName == localName && attribute.Namespace == namespaceName)?.Value;

    /// <summary>An attribute that must be there.</summary>
    /// <exception cref="NvidiaFormatException">It is not.</exception>
    public string Required(string localName, string namespaceName = "") =>
        Attribute(localName, namespaceName) ?? throw Refuse("has no attribute " + localName);

    /// <summary>The only child of that name.</summary>
    /// <exception cref="NvidiaFormatException">There is none, or several.</exception>
    public RimElement Only(string namespaceName, string localName)
    {
        var found = Elements.Where(element => element.Is(namespaceName, localName)).Take(2).ToList();
        return found.Count == 1 ? found[0] : throw Refuse($"has {(found.Count == 0 ? "no" : "more than one")} {localName}");
    }

    public NvidiaFormatException Refuse(string problem) => new(Offset, LocalName, problem, NvidiaCodes.RimMalformed);
}
