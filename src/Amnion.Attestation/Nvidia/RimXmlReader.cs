using System.Text;
using System.Xml;

namespace Amnion.Attestation.Nvidia;

/// <summary>
/// Reads the XML that manifests use and nothing more: ASCII, no document type and so no entities of its own, no comments, no processing
/// instructions, no CDATA, no xml: attributes. What is left has one reading and a short canonical form.
/// </summary>
static class RimXmlReader
{
    /// <summary>Most bytes of a manifest; NVIDIA's have some 25 000.</summary>
    public const int MaxLength = 256 * 1024;

    const int MaxDepth = 16;
    const int MaxElements = 1024;
    const int MaxAttributes = 80;
    const string XmlnsNamespace = "http://www.w3.org/2000/xmlns/";

    /// <summary>Parses one document.</summary>
    /// <exception cref="NvidiaFormatException">Not well-formed, or beyond what is described above.</exception>
    public static RimElement Read(ReadOnlySpan<byte> xml)
    {
        if (xml.Length > MaxLength)
        {
            throw Refuse(MaxLength, "is longer than 256 KiB");
        }

        var other = xml.IndexOfAnyExceptInRange((byte)0x09, (byte)0x7e);
        if (other >= 0)
        {
            throw Refuse(other, "is not ASCII");
        }

        var text = Encoding.ASCII.GetString(xml);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxLength,
            ConformanceLevel = ConformanceLevel.Document,
            CheckCharacters = true,
        };
        var lines = new LineOffsets(text);
        using var reader = XmlReader.Create(new StringReader(text), settings);
        try
        {
            return ReadDocument(reader, lines);
        }
        catch (XmlException exception)
        {
            throw Refuse(lines.At(exception.LineNumber, exception.LinePosition), "is not well-formed XML without a document type: " + exception.Message);
        }
    }

    static RimElement ReadDocument(XmlReader reader, LineOffsets lines)
    {
        RimElement? root = null;
        RimElement? current = null;
        var count = 0;
        while (reader.Read())
        {
            var offset = lines.At(reader);
            switch (reader.NodeType)
            {
                case XmlNodeType.XmlDeclaration:
                    CheckEncoding(reader, offset);
                    break;
                case XmlNodeType.Element:
                    var empty = reader.IsEmptyElement;
                    if (++count > MaxElements || reader.Depth >= MaxDepth)
                    {
                        throw Refuse(offset, "has more than 1024 elements, or more than 16 levels of them");
                    }

                    var element = ReadElement(reader, current, offset);
                    current?.Content.Add(element);
                    root ??= element;
                    current = empty ? current : element;
                    break;
                case XmlNodeType.EndElement:
                    current = current?.Parent;
                    break;
                case XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    current?.Content.Add(reader.Value);
                    break;
                default:
                    throw Refuse(offset, "has a comment, a CDATA section or a processing instruction");
            }
        }

        return root ?? throw Refuse(0, "has no element");
    }

    static RimElement ReadElement(XmlReader reader, RimElement? parent, int offset)
    {
        var element = new RimElement(reader.Prefix, reader.LocalName, reader.NamespaceURI, offset) { Parent = parent };
        if (reader.AttributeCount > MaxAttributes)
        {
            throw Refuse(offset, "has an element with more than 80 attributes");
        }

        while (reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI == XmlnsNamespace)
            {
                // A relative namespace name has no canonical form (XML-C14N 1.1 §1.3).
                var isDefault = reader.Prefix.Length == 0;
                if (reader.LocalName == "xml")
                {
                    throw Refuse(offset, "declares the prefix xml");
                }

                if (!reader.Value.Contains(':', StringComparison.Ordinal) && !(isDefault && reader.Value.Length == 0))
                {
                    throw Refuse(offset, "declares a relative namespace");
                }

                element.Declarations.Add((isDefault ? string.Empty : reader.LocalName, reader.Value));
            }
            else if (reader.Prefix == "xml")
            {
                throw Refuse(offset, "has an xml: attribute");
            }
            else
            {
                element.Attributes.Add(new RimAttribute(reader.Prefix, reader.LocalName, reader.NamespaceURI, reader.Value));
            }
        }

        return element;
    }

    static void CheckEncoding(XmlReader reader, int offset)
    {
        if (reader.GetAttribute("encoding") is { } encoding && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !encoding.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
        {
            throw Refuse(offset, "declares an encoding other than UTF-8");
        }
    }

    static NvidiaFormatException Refuse(int offset, string problem) => new(offset, "manifest", problem, NvidiaCodes.RimMalformed);

    /// <summary>Byte offsets of the reader's line and column numbers, both from 1; a character is a byte here.</summary>
    sealed class LineOffsets(string text)
    {
        readonly List<int> _starts = Starts(text);

        public int At(XmlReader reader) => reader is IXmlLineInfo info ? At(info.LineNumber, info.LinePosition) : 0;

        public int At(int line, int column) => Math.Clamp(_starts[Math.Clamp(line - 1, 0, _starts.Count - 1)] + column - 1, 0, text.Length);

        static List<int> Starts(string text)
        {
            var starts = new List<int> { 0 };
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
                {
                    starts.Add(i + 1);
                }
            }

            return starts;
        }
    }
}
