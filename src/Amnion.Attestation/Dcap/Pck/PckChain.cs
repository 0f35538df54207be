using System.Globalization;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>The chain of the platform's provisioning certification key, from the quote or from endorsements.</summary>
/// <param name="RootFirst">Root, PCK CA and PCK certificate.</param>
/// <param name="Extension">What the PCK certificate says of the platform; null where it could not be read.</param>
/// <param name="IsEndorsed">True where the PCK certificate is not in the quote.</param>
sealed record PckChain(IReadOnlyList<Certificate> RootFirst, PckExtension? Extension, bool IsEndorsed)
{
    /// <summary>Name of the chain in checks.</summary>
    public const string Name = "PCK chain";

    public Certificate Leaf => RootFirst[^1];

    /// <summary>Finds the chain, or says in a check why there is none.</summary>
    public static PckChain? Resolve(DcapQuote quote, EndorsedCertificates endorsed, DateTimeOffset at, CheckList checks)
    {
        if (quote.CertificationType is not (DcapQuote.PckChain or DcapQuote.PckCertificate))
        {
            return FromEndorsements(quote, endorsed, at, checks);
        }

        try
        {
            var embedded = PemCertificates.Read(quote.CertificationData);
            checks.Add(DcapRules.CertificateMalformed, CheckOutcome.Pass);
            return quote.CertificationType == DcapQuote.PckChain
                ? FromQuote(embedded, checks)
                : FromLeaf(embedded[0], endorsed, at, false, checks);
        }
        catch (DcapFormatException exception)
        {
            checks.Add(DcapRules.CertificateMalformed, CheckOutcome.Fail, "PEM of strict DER", exception.Message);
            return null;
        }
    }

    static PckChain? FromQuote(IReadOnlyCollection<Certificate> leafFirst, CheckList checks)
    {
        checks.Add(DcapRules.PckChainLength, leafFirst.Count == 3, "3 certificates", leafFirst.Count.ToString(CultureInfo.InvariantCulture));
        return leafFirst.Count == 3 ? WithExtension([.. leafFirst.Reverse()], false, checks) : null;
    }

    /// <summary>Certification data 1 to 3 only name the platform (PPID, CPUSVN, PCESVN, PCEID): the PCK certificate is whichever's key signed the report.</summary>
    static PckChain? FromEndorsements(DcapQuote quote, EndorsedCertificates endorsed, DateTimeOffset at, CheckList checks)
    {
        var type = string.Create(CultureInfo.InvariantCulture, $"certification data type {quote.CertificationType}");
        var leaf = endorsed.All.FirstOrDefault(candidate => IntelNames.Of(candidate) == IntelNames.Pck && QuoteSignatures.IsReportSigned(quote, candidate));
        if (leaf is null)
        {
            checks.Add(DcapRules.NoPckChain, CheckOutcome.Fail, "a PCK certificate whose key signed the quoting enclave's report", type + " and no such endorsement");
            return null;
        }

        checks.Add(DcapRules.NoPckChain, CheckOutcome.Pass, actual: type + ", PCK certificate from the endorsements");
        return FromLeaf(leaf, endorsed, at, true, checks);
    }

    static PckChain? FromLeaf(Certificate leaf, EndorsedCertificates endorsed, DateTimeOffset at, bool isEndorsed, CheckList checks)
    {
        var path = CertificatePath.Build(leaf, endorsed.All, at);
        checks.Add(DcapRules.PckChainLength, path is { Count: 3 }, "3 certificates", path is null ? "issuers not given" : path.Count.ToString(CultureInfo.InvariantCulture));
        return path is { Count: 3 } ? WithExtension(path, isEndorsed, checks) : null;
    }

    static PckChain WithExtension(IReadOnlyList<Certificate> rootFirst, bool isEndorsed, CheckList checks)
    {
        PckExtension? extension = null;
        string? problem = null;
        try
        {
            extension = PckExtension.Read(rootFirst[^1]);
        }
        catch (DcapFormatException exception)
        {
            problem = exception.Message;
        }

        checks.Add(DcapRules.PckExtension, extension is not null, "Intel's SGX extension", extension is null ? problem ?? "absent" : null);
        return new PckChain(rootFirst, extension, isEndorsed);
    }
}
