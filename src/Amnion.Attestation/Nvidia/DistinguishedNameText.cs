using System.Formats.Asn1;
using System.Text;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nvidia;

/// <summary>An X.501 name as text, last attribute first: RFC 4514 §2.</summary>
static class DistinguishedNameText
{
    public static string Write(ReadOnlyMemory<byte> name)
    {
        try
        {
            return string.Join(",", DistinguishedName.Read(name).AsEnumerable().Reverse().Select(attribute => ShortName(attribute.Oid) + "=" + Escape(attribute.Value)));
        }
        catch (AsnContentException)
        {
            return "#" + Convert.ToHexStringLower(name.Span);
        }
    }

    static string ShortName(string oid) => oid switch
    {
        "2.5.4.3" => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        _ => oid,
    };

    static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var atEdge = (i == 0 && value[i] is ' ' or '#') || (i == value.Length - 1 && value[i] == ' ');
            if (char.IsControl(value[i]))
            {
                text.Append('\\').Append(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value, i, 1)));
            }
            else
            {
                text.Append(atEdge || value[i] is ',' or '+' or '"' or '\\' or '<' or '>' or ';' ? "\\" : string.Empty).Append(value[i]);
            }
        }

        return text.ToString();
    }
}
