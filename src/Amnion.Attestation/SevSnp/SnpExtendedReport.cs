using System.Diagnostics.CodeAnalysis;

namespace Amnion.Attestation.SevSnp;

/// <summary>A report with what the host handed over beside it, as guests pass it on: 1184 bytes of report, and nothing or a certificate table.</summary>
/// <param name="Report">The report.</param>
/// <param name="Table">The table; null where nothing follows the report.</param>
public sealed record SnpExtendedReport(SnpReport Report, SnpCertificateTable? Table)
{
    /// <summary>Most bytes.</summary>
    public const int MaxLength = SnpReport.Length + SnpCertificateTable.MaxLength;

    /// <summary>Parses and copies both; verifies nothing.</summary>
    /// <exception cref="SnpFormatException">Anything else.</exception>
    public static SnpExtendedReport Parse(ReadOnlySpan<byte> evidence)
    {
        if (evidence.Length <= SnpReport.Length)
        {
            return new SnpExtendedReport(SnpReport.Parse(evidence), null);
        }

        var report = SnpReport.Parse(evidence[..SnpReport.Length]);
        return new SnpExtendedReport(report, SnpCertificateTable.Parse(evidence[SnpReport.Length..], SnpReport.Length));
    }

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> evidence, [NotNullWhen(true)] out SnpExtendedReport? parsed)
    {
        try
        {
            parsed = Parse(evidence);
            return true;
        }
        catch (SnpFormatException)
        {
            parsed = null;
            return false;
        }
    }
}
