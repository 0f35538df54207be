using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Json;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>Reads the JSON of Azure's virtual TPM Evidence in its versions.</summary>
static class AzureVtpmReader
{
    const int MaxCertificateLength = 8 * 1024;
    const int MaxQuoteLength = 64 * 1024;

    public static AzureVtpmEvidence Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonView.Parse(json, AzureVtpmEvidence.MaxLength, Refuse, static root => root.Has("evidence") ? ReadWrapped(root) : ReadEvidence(root));
        }
        catch (TpmFormatException exception)
        {
            throw new AzureFormatException(exception.Offset, exception.Field, exception.Message);
        }
    }

    public static ImmutableArray<ReadOnlyMemory<byte>> ReadPem(string pem, JsonView at)
    {
        var certificates = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var rest = pem.AsSpan();

        // Looking for an end takes the whole text for each beginning.
        if (rest.Count("-----BEGIN ") > Endorsements.MaxCount)
        {
            throw at.Refuse("PEM of too many certificates");
        }

        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (certificates.Count == Endorsements.MaxCount || !rest[fields.Label].SequenceEqual("CERTIFICATE"))
            {
                throw at.Refuse("PEM of something else than certificates, or of too many");
            }

            // The decoder has checked the text.
            certificates.Add(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            rest = rest[fields.Location.End..];
        }

        return certificates.Count > 0 ? certificates.ToImmutable() : throw at.Refuse("no certificate");
    }

    static AzureFormatException Refuse(string path, string problem) => new(0, path, problem);

    static AzureVtpmEvidence ReadWrapped(JsonView root)
    {
        root.ExpectOnly("platform", "evidence");
        var evidence = ReadEvidence(root.Member("evidence"));
        var platform = root.Member("platform").Text(32);
        return platform == (evidence.TdQuote is null ? "az-snp" : "az-tdx") ? evidence : throw root.Member("platform").Refuse("is not the platform of the Evidence");
    }

    static AzureVtpmEvidence ReadEvidence(JsonView root)
    {
        root.ExpectOnly("version", "quote", "tpm_quote", "report", "hcl_report", "vcek", "td_quote");
        if (root.Has("version") && root.Member("version").Integer(0, 1) != 1)
        {
            throw root.Member("version").Refuse("version 0 states none");
        }

        var report = root.Find("hcl_report") ?? root.Member("report");
        var quote = root.Find("tpm_quote") ?? root.Member("quote");
        if ((root.Has("vcek") == root.Has("td_quote")) || (root.Has("hcl_report") && root.Has("report")) || (root.Has("tpm_quote") && root.Has("quote")))
        {
            throw root.Refuse("neither or both of vcek and td_quote, or a part under both its names");
        }

        var tdQuote = root.Find("td_quote") is { } td ? ReadBytes(td, MaxQuoteLength) : (ReadOnlyMemory<byte>?)null;
        return new AzureVtpmEvidence
        {
            Hcl = AzureHclReport.Parse(ReadBytes(report, AzureHclReport.MaxLength)),
            Quote = ReadQuote(quote),
            Certificates = root.Find("vcek") is { } vcek ? ReadVcek(vcek) : [],
            TdQuote = tdQuote,
        };
    }

    /// <summary>Version 0 has arrays of numbers, version 1 URL-safe Base64.</summary>
    static byte[] ReadBytes(JsonView value, int max) => value.IsArray ? value.ByteArray(max) : value.Base64Url(max);

    static ImmutableArray<ReadOnlyMemory<byte>> ReadVcek(JsonView value)
    {
        var text = value.Text(Endorsements.MaxCount * MaxCertificateLength);
        return text.StartsWith("-----", StringComparison.Ordinal) ? ReadPem(text, value) : [value.Base64Url(MaxCertificateLength)];
    }

    static TpmSignedQuote ReadQuote(JsonView quote)
    {
        quote.ExpectOnly("message", "pcrs", "signature");
        var values = quote.Member("pcrs").Items(AzureVtpmEvidence.RegisterCount).Select(static (value, index) => KeyValuePair.Create(index, (ReadOnlyMemory<byte>)ReadHex(value, 64))).ToList();
        return new TpmSignedQuote
        {
            Quote = TpmQuote.Parse(ReadHex(quote.Member("message"), TpmQuote.MaxLength)),
            Signature = TpmSignature.FromRsaSsaSha256(ReadHex(quote.Member("signature"), TpmSignature.MaxLength)),
            Values = [TpmPcrValues.Create(TcgHash.Sha256, values)],
        };
    }

    static byte[] ReadHex(JsonView value, int max) => value.IsArray ? value.ByteArray(max) : value.Hex(max);
}
