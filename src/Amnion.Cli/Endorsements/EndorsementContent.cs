using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>
/// Tells endorsements by content, never by name: PEM (any number, also URL-encoded as Intel's headers carry it), DER, Intel's JSON, NVIDIA's XML
/// or its service's JSON around it, and base64 or hexadecimal of DER. Recognising is sorting, not verifying: the verifier does that.
/// </summary>
static class EndorsementContent
{
    /// <summary>Most endorsements in one file; the longest chain in use has six.</summary>
    public const int MaxItems = 64;

    const int MaxJsonDepth = 32;

    /// <summary>Everything the bytes hold; empty where nothing is recognised.</summary>
    public static List<EndorsementItem> Recognise(ReadOnlyMemory<byte> content)
    {
        var start = content.Span.TrimStart(" \t\r\n"u8);
        if (start.IsEmpty)
        {
            return [];
        }

        return start[0] switch
        {
            (byte)'{' => Json(content),
            (byte)'<' => Xml(content),
            0x30 when Der(content) is { } kind => [new EndorsementItem(kind, content)],
            _ => IsText(content.Span) ? FromText(Encoding.ASCII.GetString(content.Span)) : [],
        };
    }

    static List<EndorsementItem> Json(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
            var root = document.RootElement;
            if (IsObject(root, "tcbInfo"))
            {
                return [new EndorsementItem(EndorsementKind.TcbInfo, content)];
            }

            if (IsObject(root, "enclaveIdentity"))
            {
                return [new EndorsementItem(EndorsementKind.EnclaveIdentity, content)];
            }

            return root.TryGetProperty("rim", out var rim) && rim.ValueKind == JsonValueKind.String && rim.TryGetBytesFromBase64(out var xml) ? Xml(xml) : [];
        }
        catch (JsonException)
        {
            return [];
        }
        catch (InvalidOperationException)
        {
            // Text that is not Unicode, found when it is read.
            return [];
        }
    }

    static bool IsObject(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object;

    static List<EndorsementItem> Xml(ReadOnlyMemory<byte> content) =>
        content.Span.IndexOf("SoftwareIdentity"u8) >= 0 ? [new EndorsementItem(EndorsementKind.Rim, content)] : [];

    static List<EndorsementItem> FromText(string text)
    {
        // Intel's issuer chains come in a header, URL-encoded.
        var plain = text.Contains("-----BEGIN%20", StringComparison.Ordinal) || text.Contains("%2D%2D%2D%2D%2DBEGIN", StringComparison.OrdinalIgnoreCase) ? Uri.UnescapeDataString(text) : text;
        return plain.Contains("-----BEGIN ", StringComparison.Ordinal) ? Pem(plain) : Encoded(plain);
    }

    static List<EndorsementItem> Pem(string text)
    {
        var items = new List<EndorsementItem>();
        var rest = text.AsSpan();

        // Looking for an end takes the whole text for each beginning.
        if (rest.Count("-----BEGIN ") > MaxItems)
        {
            return items;
        }

        while (items.Count < MaxItems && PemEncoding.TryFind(rest, out var fields))
        {
            var der = Convert.FromBase64String(rest[fields.Base64Data].ToString());
            EndorsementKind? expected = rest[fields.Label] switch { "CERTIFICATE" => EndorsementKind.Certificate, "X509 CRL" => EndorsementKind.RevocationList, _ => null };
            if (expected is { } kind && Der(der) == kind)
            {
                items.Add(new EndorsementItem(kind, der));
            }

            rest = rest[fields.Location.End..];
        }

        return items;
    }

    static List<EndorsementItem> Encoded(string text)
    {
        var compact = string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
        var plain = compact.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        byte[]? der = compact.Length % 2 == 0 && compact.All(char.IsAsciiHexDigit) ? Convert.FromHexString(compact) : Base64Url.IsValid(plain) ? Base64Url.DecodeFromChars(plain) : null;
        return der is not null && Der(der) is { } kind ? [new EndorsementItem(kind, der)] : [];
    }

    /// <summary>By the outline of X.509, RFC 5280 §4.1 and §5.1, and of OCSP, RFC 6960 §4.2.1; null for anything else and for trailing bytes.</summary>
    static EndorsementKind? Der(ReadOnlyMemory<byte> der)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var outer = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            if (outer.PeekTag().HasSameClassAndValue(Asn1Tag.Enumerated))
            {
                return EndorsementKind.OcspResponse;
            }

            var signed = outer.ReadSequence();
            _ = outer.ReadSequence();
            _ = outer.ReadBitString(out _);
            outer.ThrowIfNotEmpty();
            if (signed.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                return EndorsementKind.Certificate;
            }

            _ = signed.ReadIntegerBytes();
            _ = signed.ReadSequence();
            _ = signed.ReadSequence();
            var fourth = signed.PeekTag();
            return fourth.HasSameClassAndValue(Asn1Tag.UtcTime) || fourth.HasSameClassAndValue(Asn1Tag.GeneralizedTime) ? EndorsementKind.RevocationList : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    static bool IsText(ReadOnlySpan<byte> content) => !content.ContainsAnyExceptInRange((byte)'\t', (byte)'~');
}
