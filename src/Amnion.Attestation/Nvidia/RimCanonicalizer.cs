using System.Text;

namespace Amnion.Attestation.Nvidia;

/// <summary>
/// Canonical XML 1.1 without comments (W3C REC-xml-c14n11-20080502) of a tree that <see cref="RimXmlReader"/> read. Without document types,
/// comments, processing instructions and xml: attributes, 1.0 and 1.1 agree, and only tags, namespaces, attributes and text are left.
/// </summary>
static class RimCanonicalizer
{
    /// <summary>Canonical form of an element with everything in it, in the context of its ancestors (§2.3: their namespaces show at its tag).</summary>
    /// <param name="apex">The element.</param>
    /// <param name="without">A descendant that is left out, as the enveloped-signature transform does.</param>
    public static byte[] Write(RimElement apex, RimElement? without = null)
    {
        var text = new StringBuilder();
        WriteElement(apex, InScope(apex), [], without, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static Dictionary<string, string> InScope(RimElement element)
    {
        var scope = element.Parent is null ? new Dictionary<string, string>(StringComparer.Ordinal) : InScope(element.Parent);
        foreach (var (prefix, name) in element.Declarations)
        {
            scope[prefix] = name;
        }

        return scope;
    }

    /// <param name="element">Is written.</param>
    /// <param name="scope">Namespaces in scope at the element.</param>
    /// <param name="rendered">Namespaces in scope at its parent, all of them written; empty at the apex.</param>
    /// <param name="without">Is left out.</param>
    /// <param name="text">Gets the result.</param>
    static void WriteElement(RimElement element, Dictionary<string, string> scope, Dictionary<string, string> rendered, RimElement? without, StringBuilder text)
    {
        var name = element.Prefix.Length == 0 ? element.LocalName : element.Prefix + ":" + element.LocalName;
        text.Append('<').Append(name);
        foreach (var (prefix, value) in scope.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            // An absent default namespace and an empty one are the same thing.
            if (rendered.GetValueOrDefault(prefix, string.Empty) != value)
            {
                text.Append(prefix.Length == 0 ? " xmlns" : " xmlns:" + prefix).Append("=\"");
                WriteValue(value, text);
                text.Append('"');
            }
        }

        foreach (var attribute in element.Attributes.OrderBy(attribute => attribute.Namespace, StringComparer.Ordinal).ThenBy(attribute => attribute.LocalName, StringComparer.Ordinal))
        {
            text.Append(' ').Append(attribute.Prefix.Length == 0 ? attribute.LocalName : attribute.Prefix + ":" + attribute.LocalName).Append("=\"");
            WriteValue(attribute.Value, text);
            text.Append('"');
        }

        text.Append('>');
        foreach (var content in element.Content)
        {
            if (content is string characters)
            {
                WriteText(characters, text);
            }
            else if (content is RimElement child && child != without)
            {
                WriteElement(child, child.Declarations.Count == 0 ? scope : Extend(scope, child), scope, without, text);
            }
        }

        text.Append("</").Append(name).Append('>');
    }

    static Dictionary<string, string> Extend(Dictionary<string, string> scope, RimElement element)
    {
        var extended = new Dictionary<string, string>(scope, StringComparer.Ordinal);
        foreach (var (prefix, name) in element.Declarations)
        {
            extended[prefix] = name;
        }

        return extended;
    }

    static void WriteValue(string value, StringBuilder text)
    {
        foreach (var character in value)
        {
            _ = character switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '"' => text.Append("&quot;"),
                '\t' => text.Append("&#x9;"),
                '\n' => text.Append("&#xA;"),
                '\r' => text.Append("&#xD;"),
                _ => text.Append(character),
            };
        }
    }

    static void WriteText(string value, StringBuilder text)
    {
        foreach (var character in value)
        {
            _ = character switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '\r' => text.Append("&#xD;"),
                _ => text.Append(character),
            };
        }
    }
}
