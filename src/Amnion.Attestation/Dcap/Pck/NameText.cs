using System.Formats.Asn1;
using System.Text;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>A certificate's name for people: RFC 4514.</summary>
static class NameText
{
    /// <summary>Last attribute first, joined with commas; hexadecimal where the name cannot be read.</summary>
    public static string Of(ReadOnlyMemory<byte> name)
    {
        try
        {
            return string.Join(',', Enumerable.Reverse(DistinguishedName.Read(name)).Select(attribute => Key(attribute.Oid) + "=" + Escape(attribute.Value)));
        }
        catch (AsnContentException)
        {
            return Convert.ToHexStringLower(name.Span);
        }
    }

    static string Key(string oid) => oid switch
    {
        Oids.CommonName => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        _ => oid,
    };

    static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var isEdge = (i == 0 && value[i] is ' ' or '#') || (i == value.Length - 1 && value[i] == ' ');
            if (isEdge || value[i] is ',' or '+' or '"' or '\\' or '<' or '>' or ';')
            {
                text.Append('\\');
            }

            text.Append(char.IsControl(value[i]) ? '?' : value[i]);
        }

        return text.ToString();
    }
}
