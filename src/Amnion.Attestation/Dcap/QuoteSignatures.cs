using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap;

/// <summary>The signatures of a quote: platform's key over the quoting enclave's report, which vouches for the attestation key, which signs header and body.</summary>
static class QuoteSignatures
{
    const int DigestLength = 32;

    static readonly string s_intelQe = Convert.ToHexStringLower(DcapQuote.IntelQe);

    public static bool IsReportSigned(DcapQuote quote, Certificate pck) =>
        pck.Key is { Kind: KeyKind.P256 } key && key.VerifyFixed(quote.QeReport.Bytes.Span, quote.QeReportSignature.Span, HashAlgorithmName.SHA256);

    /// <param name="quote">The quote.</param>
    /// <param name="pck">The platform's certificate; null where there is none.</param>
    /// <param name="cache">Remembers the attestation key, which a quoting enclave keeps; null loads it.</param>
    /// <param name="checks">Gets the results.</param>
    public static void Check(DcapQuote quote, Certificate? pck, AppraisalCache? cache, CheckList checks)
    {
        checks.Add(DcapRules.QeVendor, quote.QeVendorId.Span.SequenceEqual(DcapQuote.IntelQe), s_intelQe, DcapFields.Hex(quote.QeVendorId));
        var outcome = pck is null ? CheckOutcome.Skip : IsReportSigned(quote, pck) ? CheckOutcome.Pass : CheckOutcome.Fail;
        checks.Add(DcapRules.QeReportSignature, outcome, "ECDSA with SHA-256 of the PCK", outcome == CheckOutcome.Skip ? "not checked: no PCK certificate" : null);
        CheckReportData(quote, checks);
        var attestationKey = KeyCarrier.PointKey(KeyKind.P256, quote.AttestationKey, cache);
        var signed = attestationKey?.VerifyFixed(quote.Signed.Span, quote.Signature.Span, HashAlgorithmName.SHA256) == true;
        checks.Add(DcapRules.QuoteSignature, signed, "ECDSA with SHA-256 over header and body", attestationKey is null ? "the attestation key is no point of P-256" : null);
        if (quote is { TrailingLength: > 0, TrailingIsZero: true })
        {
            checks.Add(DcapRules.Trailing, CheckOutcome.Skip, "nothing after the quote", DcapFields.Number(quote.TrailingLength) + " zero bytes, ignored", required: false);
        }
        else if (!quote.TrailingIsZero)
        {
            checks.Skip(DcapRules.Trailing, DcapFields.Number(quote.TrailingLength) + " bytes that no signature covers", "nothing but zeros after the quote");
        }
    }

    static void CheckReportData(DcapQuote quote, CheckList checks)
    {
        byte[] vouched = [.. quote.AttestationKey.Span, .. quote.QeAuthData.Span];
        Span<byte> expected = stackalloc byte[DigestLength];
        SHA256.HashData(vouched, expected);
        var actual = quote.QeReport.ReportData;
        checks.Add(DcapRules.QeReportData, actual.Span[..DigestLength].SequenceEqual(expected), Convert.ToHexStringLower(expected), DcapFields.Hex(actual[..DigestLength]));
        checks.Add(DcapRules.QeReportDataPadding, !actual.Span[DigestLength..].ContainsAnyExcept((byte)0), "zero", DcapFields.Hex(actual[DigestLength..]));
    }
}
