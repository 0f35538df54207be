using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Amnion.Images;
using Amnion.Images.Eif;
using Amnion.Images.Signing;

namespace Amnion.Cli.Images;

/// <summary>JSON in the shapes of nitro-cli 1.5, so that scripts written for it go on working.</summary>
static class NitroJson
{
    const int MaxMetadataLength = 1024 * 1024;

    /// <summary>The member "Measurements".</summary>
    public static void WriteMeasurements(Utf8JsonWriter json, ImageRegisters registers)
    {
        json.WriteStartObject("Measurements");
        json.WriteString("HashAlgorithm", ImageRegisters.HashAlgorithm);
        foreach (var (register, value) in registers.ByNumber)
        {
            json.WriteString($"PCR{register}", value.Hex);
        }

        json.WriteEndObject();
    }

    /// <summary>The members of describe-eif.</summary>
    public static void WriteDescription(Utf8JsonWriter json, EifImage image, EifMeasurement measured)
    {
        var signature = image.ReadSignature();
        json.WriteNumber("EifVersion", 4);
        WriteMeasurements(json, measured.Registers);
        json.WriteBoolean("IsSigned", signature is not null);
        if (signature is not null)
        {
            WriteCertificate(json, signature);
        }

        json.WriteBoolean("CheckCRC", measured.ChecksumMatches);
        if (signature is not null)
        {
            json.WriteBoolean("SignatureCheck", signature.Value == measured.Registers.Image && ImageVerifier.IsSignatureValid(signature));
        }

        WriteMetadata(json, image);
    }

    static void WriteMetadata(Utf8JsonWriter json, EifImage image)
    {
        using var document = ParseMetadata(image);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var root = document.RootElement;
        Copy(json, root, "ImageName", "ImageName");
        Copy(json, root, "ImageVersion", "ImageVersion");
        json.WriteStartObject("Metadata");
        var written = new HashSet<string>(StringComparer.Ordinal) { "DockerInfo" };
        if (root.TryGetProperty("BuildMetadata", out var build) && build.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in build.EnumerateObject().Where(member => written.Add(member.Name)))
            {
                member.WriteTo(json);
            }
        }

        Copy(json, root, "DockerInfo", "DockerInfo");
        if (root.TryGetProperty("CustomMetadata", out var custom) && custom.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in custom.EnumerateObject().Where(member => written.Add(member.Name)))
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>The metadata; null where it is no JSON that can be written again, half a surrogate pair in it, which no register and no check forbids.</summary>
    public static JsonDocument? ParseMetadata(EifImage image)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(image.Metadata.ToArray(MaxMetadataLength), new JsonDocumentOptions { MaxDepth = 32 });
            using var nowhere = new Utf8JsonWriter(Stream.Null);
            document.WriteTo(nowhere);
            return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            document?.Dispose();
            return null;
        }
    }

    static void Copy(Utf8JsonWriter json, JsonElement parent, string from, string to)
    {
        if (parent.TryGetProperty(from, out var value))
        {
            json.WritePropertyName(to);
            value.WriteTo(json);
        }
    }

    static void WriteCertificate(Utf8JsonWriter json, EifSignature signature)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(signature.Certificate.Span);
        json.WriteStartObject("SigningCertificate");
        json.WriteStartObject("IssuerName");
        foreach (var name in certificate.IssuerName.EnumerateRelativeDistinguishedNames().Where(name => !name.HasMultipleElements).OrderBy(name => LongName(name), StringComparer.Ordinal).DistinctBy(LongName))
        {
            json.WriteString(LongName(name), name.GetSingleElementValue() ?? "");
        }

        json.WriteEndObject();
        json.WriteString("Algorithm", AlgorithmName(certificate.SignatureAlgorithm.Value));
        json.WriteString("NotBefore", Time(certificate.NotBefore));
        json.WriteString("NotAfter", Time(certificate.NotAfter));
        json.WriteString("Signature", string.Join(':', SignatureOf(certificate.RawDataMemory).Select(octet => octet.ToString("X2", CultureInfo.InvariantCulture))));
        json.WriteEndObject();
    }

    // OpenSSL's long names, which nitro-cli prints.
    static string LongName(X500RelativeDistinguishedName name) => name.GetSingleElementType().Value switch
    {
        "2.5.4.3" => "commonName",
        "2.5.4.6" => "countryName",
        "2.5.4.7" => "localityName",
        "2.5.4.8" => "stateOrProvinceName",
        "2.5.4.10" => "organizationName",
        "2.5.4.11" => "organizationalUnitName",
        "1.2.840.113549.1.9.1" => "emailAddress",
        var other => other ?? "",
    };

    static string AlgorithmName(string? oid) => oid switch
    {
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        _ => oid ?? "",
    };

    static string Time(DateTime time) => time.ToUniversalTime().ToString("MMM d HH:mm:ss yyyy 'GMT'", CultureInfo.InvariantCulture);

    static byte[] SignatureOf(ReadOnlyMemory<byte> certificate)
    {
        var sequence = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
        _ = sequence.ReadEncodedValue();
        _ = sequence.ReadEncodedValue();
        return sequence.ReadBitString(out _);
    }
}
