using System.Collections.Immutable;
using System.Globalization;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>The chain of the platform's provisioning certification key, from the quote or from endorsements.</summary>
/// <param name="RootFirst">Root, PCK CA and PCK certificate.</param>
/// <param name="Extension">What the PCK certificate says of the platform; null where it could not be read.</param>
/// <param name="IsEndorsed">True where the PCK certificate is not in the quote.</param>
sealed record PckChain(IReadOnlyList<Certificate> RootFirst, PckExtension? Extension, bool IsEndorsed)
{
    public Certificate Leaf => RootFirst[^1];

    /// <summary>Finds the chain, or says in a check why there is none.</summary>
    public static PckChain? Resolve(DcapQuote quote, EndorsedCertificates endorsed, DcapVerification verification, CheckList checks)
    {
        var cache = verification.Cache;
        if (quote.CertificationType is not (DcapQuote.PckChain or DcapQuote.PckCertificate))
        {
            return FromEndorsements(quote, endorsed, verification, checks);
        }

        try
        {
            var embedded = PemCertificates.Read(quote.CertificationData, cache);
            checks.Add(DcapRules.CertificateMalformed, CheckOutcome.Pass);
            return quote.CertificationType == DcapQuote.PckChain
                ? FromQuote(embedded, cache, checks)
                : FromSingle(embedded.LeafFirst, endorsed, verification, checks);
        }
        catch (DcapFormatException exception)
        {
            checks.Add(DcapRules.CertificateMalformed, CheckOutcome.Fail, "PEM of strict DER", exception.Message);
            return null;
        }
    }

    static PckChain? FromQuote(QuoteCertificates embedded, AppraisalCache? cache, CheckList checks)
    {
        var count = embedded.LeafFirst.Length;
        checks.Add(DcapRules.PckChainLength, count == 3, "3 certificates", count.ToString(CultureInfo.InvariantCulture));
        return count == 3 ? WithExtension(embedded.RootFirst, false, cache, checks) : null;
    }

    static PckChain? FromSingle(ImmutableArray<Certificate> embedded, EndorsedCertificates endorsed, DcapVerification verification, CheckList checks)
    {
        if (embedded.Length != 1)
        {
            checks.Add(DcapRules.PckChainLength, CheckOutcome.Fail, "1 certificate", embedded.Length.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        return FromLeaf(embedded[0], endorsed, false, verification, checks);
    }

    /// <summary>Certification data 1 to 3 only name the platform (PPID, CPUSVN, PCESVN, PCEID): the PCK certificate is whichever's key signed the report.</summary>
    static PckChain? FromEndorsements(DcapQuote quote, EndorsedCertificates endorsed, DcapVerification verification, CheckList checks)
    {
        var type = string.Create(CultureInfo.InvariantCulture, $"certification data type {quote.CertificationType}");
        var leaf = endorsed.All.FirstOrDefault(candidate => candidate.CommonName == IntelNames.Pck && QuoteSignatures.IsReportSigned(quote, candidate));
        if (leaf is null)
        {
            checks.Add(DcapRules.NoPckChain, CheckOutcome.Fail, "a PCK certificate whose key signed the quoting enclave's report", type + " and no such endorsement");
            return null;
        }

        checks.Add(DcapRules.NoPckChain, CheckOutcome.Pass, actual: type + ", PCK certificate from the endorsements");
        return FromLeaf(leaf, endorsed, true, verification, checks);
    }

    static PckChain? FromLeaf(Certificate leaf, EndorsedCertificates endorsed, bool isEndorsed, DcapVerification verification, CheckList checks)
    {
        var path = CertificatePath.Build(leaf, endorsed.All, verification.At);
        checks.Add(DcapRules.PckChainLength, path is { Count: 3 }, "3 certificates", path is null ? "issuers not given" : path.Count.ToString(CultureInfo.InvariantCulture));
        return path is { Count: 3 } ? WithExtension(path, isEndorsed, verification.Cache, checks) : null;
    }

    static PckChain WithExtension(IReadOnlyList<Certificate> rootFirst, bool isEndorsed, AppraisalCache? cache, CheckList checks)
    {
        PckExtension? extension = null;
        string? problem = null;
        try
        {
            extension = PckExtension.Read(rootFirst[^1], cache);
        }
        catch (DcapFormatException exception)
        {
            problem = exception.Message;
        }

        checks.Add(DcapRules.PckExtension, extension is not null, "Intel's SGX extension", extension is null ? problem ?? "absent" : null);
        return new PckChain(rootFirst, extension, isEndorsed);
    }
}
