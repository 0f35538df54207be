using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>Reads a signer's identity from a Fulcio certificate.</summary>
static class SignerReader
{
    const int MaxClaimLength = 2048;

    /// <summary>Claims up to this one are bare text; the later ones are DER (Fulcio OID information).</summary>
    const int LastBareClaim = 6;

    static readonly Asn1Tag s_otherName = new(TagClass.ContextSpecific, 0, isConstructed: true);
    static readonly Asn1Tag s_mail = new(TagClass.ContextSpecific, 1);
    static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);
    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The claims, with what does not decode named.</summary>
    public static ImmutableSortedDictionary<int, string> ReadClaims(Certificate certificate, List<string> problems)
    {
        var claims = ImmutableSortedDictionary.CreateBuilder<int, string>();
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid.StartsWith(SigstoreOids.FulcioPrefix, StringComparison.Ordinal)))
        {
            if (!SigstoreJson.TryDecimal(extension.Oid.AsSpan(SigstoreOids.FulcioPrefix.Length), out var number) || number is < 1 or > 1000)
            {
                continue;
            }

            if (Decode(extension.Value, (int)number) is { } text)
            {
                claims[(int)number] = text;
            }
            else
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"claim {number} is not printable text of at most {MaxClaimLength} bytes"));
            }
        }

        return claims.ToImmutable();
    }

    /// <summary>The names of the certificate; null where the extension is absent or does not decode.</summary>
    public static List<string>? ReadNames(Certificate certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(entry => entry.Oid == Oids.SubjectAlternativeName);
        if (extension.Oid is null)
        {
            return null;
        }

        try
        {
            var outer = new AsnReader(extension.Value, AsnEncodingRules.DER);
            var names = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var found = new List<string>();
            while (names.HasData)
            {
                found.Add(ReadName(names));
            }

            return found;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Uses of extendedKeyUsage, RFC 5280 §4.2.1.12; empty where the extension is absent or does not decode.</summary>
    public static List<string> ReadUses(Certificate certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(entry => entry.Oid == Oids.ExtendedKeyUsage);
        var uses = new List<string>();
        try
        {
            var outer = new AsnReader(extension.Value, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            while (sequence.HasData)
            {
                uses.Add(sequence.ReadObjectIdentifier());
            }

            return outer.HasData ? [] : uses;
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    static string ReadName(AsnReader names)
    {
        var tag = names.PeekTag();
        if (tag.HasSameClassAndValue(s_mail))
        {
            return names.ReadCharacterString(UniversalTagNumber.IA5String, s_mail);
        }

        if (tag.HasSameClassAndValue(s_uri))
        {
            return names.ReadCharacterString(UniversalTagNumber.IA5String, s_uri);
        }

        var other = names.ReadSequence(s_otherName);
        if (other.ReadObjectIdentifier() != SigstoreOids.FulcioOtherName)
        {
            throw new AsnContentException("A name of another kind.");
        }

        var value = other.ReadSequence(s_otherName);
        var text = value.ReadCharacterString(UniversalTagNumber.UTF8String);
        value.ThrowIfNotEmpty();
        other.ThrowIfNotEmpty();
        return text;
    }

    static string? Decode(ReadOnlyMemory<byte> value, int number)
    {
        try
        {
            var text = number <= LastBareClaim ? s_strict.GetString(value.Span) : ReadUtf8(value);
            return text.Length <= MaxClaimLength && !text.Any(char.IsControl) ? text : null;
        }
        catch (Exception exception) when (exception is AsnContentException or DecoderFallbackException)
        {
            return null;
        }
    }

    static string ReadUtf8(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var text = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        reader.ThrowIfNotEmpty();
        return text;
    }
}
