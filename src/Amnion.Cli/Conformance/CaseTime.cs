using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

namespace Amnion.Cli.Conformance;

/// <summary>
/// The time to verify at where a case states none: just after the latest of its certificates and collateral began, when everything that belongs
/// together is valid. Evidence that states a time of its own is verified at that.
/// </summary>
static class CaseTime
{
    /// <summary>For cases with nothing in them that begins or ends.</summary>
    static readonly DateTimeOffset s_any = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The case's time, or one at which all of this was valid; what cannot be read counts for nothing here and fails in the verifier.</summary>
    public static DateTimeOffset Of(ConformanceCase item, Endorsements endorsements, DcapQuote? quote = null) => item.VerifyAt ?? After(
    [
        quote is null ? null : Start(quote),
        .. endorsements.Certificates.Select(der => Start(der.Span)),
        .. endorsements.RevocationLists.Select(ThisUpdate),
        .. endorsements.TcbInfos.Concat(endorsements.EnclaveIdentities).Select(Issued),
    ]);

    /// <summary>The same for certificates alone.</summary>
    public static DateTimeOffset Of(ConformanceCase item, params ReadOnlySpan<ReadOnlyMemory<byte>> certificates) => Of(item, new Endorsements { Certificates = [.. certificates] });

    static DateTimeOffset After(List<DateTimeOffset?> starts) => starts.Max() is { } latest ? latest.AddMinutes(1) : s_any;

    static DateTimeOffset? Start(DcapQuote quote) => quote.Fields.FirstOrDefault(field => field.Name == "not_before") is { } start
        ? DateTimeOffset.Parse(start.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;

    static DateTimeOffset? Start(ReadOnlySpan<byte> der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.NotBefore.ToUniversalTime();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>RFC 5280 §5.1.2.4.</summary>
    static DateTimeOffset? ThisUpdate(ReadOnlyMemory<byte> list)
    {
        try
        {
            var content = new AsnReader(list, AsnEncodingRules.DER).ReadSequence().ReadSequence();
            if (content.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            {
                _ = content.ReadInteger();
            }

            _ = content.ReadSequence();
            _ = content.ReadSequence();
            return content.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? content.ReadUtcTime(2049) : content.ReadGeneralizedTime();
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>"issueDate" of Intel's TCB info or identity, which stands one level down.</summary>
    static DateTimeOffset? Issued(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("issueDate", out _))
                .Select(member => (DateTimeOffset?)member.Value.GetProperty("issueDate").GetDateTimeOffset()).FirstOrDefault();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
