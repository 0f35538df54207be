namespace Amnion.Sealing;

/// <summary>
/// One header or trailer field line. Names are lower-case tokens; values are octets, held one per character (ISO 8859-1),
/// so that any value survives a round trip.
/// </summary>
/// <param name="Name">Lower-case field name.</param>
/// <param name="Value">Field value without surrounding white space.</param>
public readonly record struct HttpField(string Name, string Value)
{
    /// <summary>A pair is a field.</summary>
    public static implicit operator HttpField((string Name, string Value) pair) => ToHttpField(pair);

    /// <summary>A pair is a field.</summary>
    public static HttpField ToHttpField((string Name, string Value) pair) => new(pair.Name, pair.Value);

    /// <summary>The name only: values carry credentials.</summary>
    public override string ToString() => Name;
}
