using System.Formats.Asn1;

namespace Amnion.Attestation.Certificates;

/// <summary>Reads the attributes of an X.501 name, RFC 5280 §4.1.2.4, in their order.</summary>
static class DistinguishedName
{
    /// <summary>Attribute type and text of each attribute; attributes that are not character strings are left out.</summary>
    /// <exception cref="AsnContentException">Not a Name.</exception>
    public static List<(string Oid, string Value)> Read(ReadOnlyMemory<byte> name)
    {
        var attributes = new List<(string, string)>();
        var outer = new AsnReader(name, AsnEncodingRules.DER);
        var relative = outer.ReadSequence();
        while (relative.HasData)
        {
            var set = relative.ReadSetOf();
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                var oid = attribute.ReadObjectIdentifier();
                var tag = attribute.PeekTag();
                if (tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.T61String or UniversalTagNumber.BMPString)
                {
                    attributes.Add((oid, attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue)));
                }
            }
        }

        return attributes;
    }

    /// <summary>The only common name; null where there is none, several, or no Name at all.</summary>
    public static string? CommonName(ReadOnlyMemory<byte> name)
    {
        try
        {
            var names = Read(name).Where(attribute => attribute.Oid == Oids.CommonName).Select(attribute => attribute.Value).ToList();
            return names.Count == 1 ? names[0] : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
