using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>
/// Where AMD's Key Distribution Service has what a report needs: AMD 57230. Text only, nothing is fetched; a caller may well put the path behind a
/// cache of its own, since the service limits requests.
/// </summary>
public sealed record SnpEndorsementRequest
{
    /// <summary>AMD's service.</summary>
    public const string Service = "https://kdsintf.amd.com";

    /// <summary>The product line in the URLs.</summary>
    public required SnpProduct Product { get; init; }

    /// <summary>The VCEK's certificate, DER; null for a report signed with a VLEK, which the cloud provider hands out, and where the host masks the chip.</summary>
    public required string? EndorsementKey { get; init; }

    /// <summary>ASK (or ASVK) and ARK, PEM. <see cref="SnpRoots.Certificates"/> has them.</summary>
    public required string CertificateChain { get; init; }

    /// <summary>The ARK's revocation list, DER.</summary>
    public required string RevocationList { get; init; }

    /// <summary>The URLs for a report, taken at its word: it need not be verified yet.</summary>
    /// <param name="report">The report.</param>
    /// <param name="declared">The product line; needed for a report of version 2, which names none.</param>
    /// <exception cref="ArgumentException">The report names no product line that this version knows and none is declared, or it contradicts the declared one.</exception>
    public static SnpEndorsementRequest For(SnpReport report, SnpProduct? declared = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        if ((report.Product ?? declared) is not { } product || (declared is { } said && said != product) || SnpProducts.Layout(product) != report.ReportedTcb.Layout)
        {
            throw new ArgumentException("The report names no known product line and none that fits was declared, or it names another.", nameof(declared));
        }

        var kind = report.SigningKey == SnpSigningKey.Vlek ? "vlek" : "vcek";
        var line = $"{Service}/{kind}/v1/{SnpProducts.Name(product)}";
        return new SnpEndorsementRequest
        {
            Product = product,
            EndorsementKey = report.SigningKey == SnpSigningKey.Vcek && report.ChipId.Span.ContainsAnyExcept((byte)0) ? line + Query(report, product) : null,
            CertificateChain = line + "/cert_chain",
            RevocationList = line + "/crl",
        };
    }

    static string Query(SnpReport report, SnpProduct product)
    {
        var tcb = report.ReportedTcb;
        var chip = Convert.ToHexStringLower(report.ChipId.Span[..SnpProducts.HardwareIdLength(product)]);
        var first = tcb.Fmc is { } level ? string.Create(CultureInfo.InvariantCulture, $"fmcSPL={level:d2}&") : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"/{chip}?{first}blSPL={tcb.BootLoader:d2}&teeSPL={tcb.Tee:d2}&snpSPL={tcb.Snp:d2}&ucodeSPL={tcb.Microcode:d2}");
    }
}
