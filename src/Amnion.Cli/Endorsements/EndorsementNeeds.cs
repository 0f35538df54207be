using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Nvidia;
using Amnion.Attestation.SevSnp;
using Amnion.Cli.Commands;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>
/// Which endorsements a piece of Evidence needs and where their publishers serve them. The Evidence is taken at its word: a wrong word fetches
/// what the verifier then refuses.
/// </summary>
static class EndorsementNeeds
{
    /// <summary>Needs of a file, in any spelling that <see cref="EvidenceFile"/> reads.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="product">AMD's product line for reports that do not name theirs; null where not given.</param>
    /// <exception cref="CliException">No Evidence whose endorsements are known.</exception>
    public static ImmutableArray<EndorsementNeed> Of(byte[] file, SnpProduct? product)
    {
        foreach (var evidence in EvidenceFile.Spellings(file))
        {
            if (DcapQuote.TryParse(evidence, out var quote))
            {
                return Intel(quote);
            }

            if (SnpExtendedReport.TryParse(evidence, out var report))
            {
                return Amd(report, product);
            }

            if (TryNvidia(evidence) is { } needs)
            {
                return needs;
            }
        }

        throw new CliException(ExitCode.Malformed, "the file is no Evidence whose endorsements are known", "pass a SEV-SNP report, an SGX or TDX quote, or NVIDIA's evidence in JSON", EndorsementCodes.EvidenceUnknown);
    }

    /// <summary>What an endorsement needs in turn: the certificates of a manifest's signer are asked about like the device's.</summary>
    public static ImmutableArray<EndorsementNeed> Of(EndorsementItem item) =>
        item.Kind == EndorsementKind.Rim && NvidiaRim.TryParse(item.Content.Span, out var rim) ? [.. Ocsp(rim.Chain, $"signer of {Shown(rim.TagId)}")] : [];

    static ImmutableArray<EndorsementNeed> Intel(DcapQuote quote)
    {
        var family = quote.Platform.ToUpperInvariant();
        var needs = ImmutableArray.CreateBuilder<EndorsementNeed>();
        if (PcsUrls.TcbInfo(quote) is { } tcb)
        {
            needs.Add(new EndorsementNeed($"Intel TCB info ({family})", EndorsementKind.TcbInfo, new Uri(tcb)) { ChainHeaders = ["TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"] });
        }

        needs.Add(new EndorsementNeed($"Intel identity of the quoting enclave ({family})", EndorsementKind.EnclaveIdentity, new Uri(PcsUrls.QeIdentity(quote))) { ChainHeaders = ["SGX-Enclave-Identity-Issuer-Chain"] });
        if (PcsUrls.PckRevocationList(quote) is { } list)
        {
            needs.Add(new EndorsementNeed("Intel revocation list of PCK certificates", EndorsementKind.RevocationList, new Uri(list)) { ChainHeaders = ["SGX-PCK-CRL-Issuer-Chain"] });
        }

        needs.Add(new EndorsementNeed("Intel revocation list of the root", EndorsementKind.RevocationList, new Uri(PcsUrls.RootRevocationList)));
        return needs.ToImmutable();
    }

    static ImmutableArray<EndorsementNeed> Amd(SnpExtendedReport report, SnpProduct? product)
    {
        SnpEndorsementRequest request;
        try
        {
            request = SnpEndorsementRequest.For(report.Report, product);
        }
        catch (ArgumentException)
        {
            throw new CliException(ExitCode.Malformed, "the report names no known AMD product line, or another than the one given", "pass --product Milan, Genoa or Turin", EndorsementCodes.EvidenceUnknown);
        }

        var needs = ImmutableArray.CreateBuilder<EndorsementNeed>();
        // A host that hands over the chip's certificate with the report saves the request that AMD limits most.
        if (request.EndorsementKey is { } key && (report.Table is null || report.Table.Certificates.IsEmpty))
        {
            needs.Add(new EndorsementNeed("AMD certificate of the chip (VCEK)", EndorsementKind.Certificate, new Uri(key)));
        }

        needs.Add(new EndorsementNeed($"AMD certificate chain ({request.Product})", EndorsementKind.Certificate, new Uri(request.CertificateChain)));
        needs.Add(new EndorsementNeed($"AMD revocation list ({request.Product})", EndorsementKind.RevocationList, new Uri(request.RevocationList)));
        return needs.ToImmutable();
    }

    static ImmutableArray<EndorsementNeed>? TryNvidia(byte[] evidence)
    {
        try
        {
            return Nvidia(NvidiaEvidence.ParseJson(evidence));
        }
        catch (NvidiaFormatException)
        {
            return null;
        }
    }

    static ImmutableArray<EndorsementNeed> Nvidia(ImmutableArray<NvidiaEvidence> devices)
    {
        var needs = new List<EndorsementNeed>();
        foreach (var device in devices)
        {
            needs.AddRange(NvidiaServices.RimUrls(device.Report).Select(url => new EndorsementNeed("NVIDIA manifest " + Uri.UnescapeDataString(url[(url.LastIndexOf('/') + 1)..]), EndorsementKind.Rim, new Uri(url))));
            needs.AddRange(Ocsp(device.Chain, "device"));
        }

        return [.. needs.DistinctBy(need => need.Key)];
    }

    static IEnumerable<EndorsementNeed> Ocsp(NvidiaChain chain, string whose)
    {
        var certificates = chain.Certificates;
        // The leaf of a device is made by the device itself, and the root answers for itself.
        for (var i = 0; i + 1 < certificates.Count; i++)
        {
            if (Request(certificates[i].Span, certificates[i + 1].Span) is { } request)
            {
                yield return new EndorsementNeed($"NVIDIA OCSP response about certificate {i} of the {whose}", EndorsementKind.OcspResponse, new Uri(NvidiaServices.OcspResponder)) { Body = request };
            }
        }
    }

    static byte[]? Request(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> issuer)
    {
        try
        {
            return OcspRequest.For(certificate, issuer);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    static string Shown(string text) => string.Concat(text.Take(80).Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
