using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.Composite;

/// <summary>
/// The report of Azure's hardware compatibility layer as parsed, not yet verified: a header, the hardware's report, and the runtime data that it binds. It
/// lies in the virtual TPM's non-volatile index 0x01400001, padded with zeros.
/// </summary>
public sealed class AzureHclReport
{
    /// <summary>Most bytes of a report; the index has 2600.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Bytes in front of the hardware's report.</summary>
    public const int HeaderLength = 32;

    /// <summary>Bytes for the hardware's report: an SEV-SNP report, or a TDREPORT and zeros.</summary>
    public const int HardwareReportLength = 1184;

    /// <summary>Bytes in front of the runtime data: size, version, kind of report, hash and length.</summary>
    public const int DataHeaderLength = 20;

    /// <summary>Bytes of a TDREPORT.</summary>
    internal const int TdReportLength = 1024;

    const int DataOffset = HeaderLength + HardwareReportLength;

    /// <summary>Where REPORT_DATA stands in an SEV-SNP report and in a TDREPORT (REPORTMACSTRUCT).</summary>
    const int SnpReportDataOffset = 0x50;

    const int TdReportDataOffset = 128;

    AzureHclReport()
    {
    }

    /// <summary>Version of the header, 1 or 2.</summary>
    public required uint Version { get; init; }

    /// <summary>Bytes of the report without padding, as the header states them.</summary>
    public required uint ReportSize { get; init; }

    /// <summary>What was asked for; 2 is attestation.</summary>
    public required uint RequestType { get; init; }

    /// <summary>Result of the request; 0 is success.</summary>
    public required uint Status { get; init; }

    /// <summary>The hardware's report.</summary>
    public required ReadOnlyMemory<byte> HardwareReport { get; init; }

    /// <summary>Bytes from here to the end, as the data header states them.</summary>
    public required uint DataSize { get; init; }

    /// <summary>Version of the data header.</summary>
    public required uint DataVersion { get; init; }

    /// <summary>Kind of hardware report: 2 SEV-SNP, 4 TDX.</summary>
    public required uint ReportType { get; init; }

    /// <summary>Hash of the binding: 1 SHA-256, 2 SHA-384, 3 SHA-512.</summary>
    public required uint HashType { get; init; }

    /// <summary>The runtime data, JSON, exactly as it was hashed.</summary>
    public required ReadOnlyMemory<byte> RuntimeJson { get; init; }

    /// <summary>The runtime data as parsed.</summary>
    public required AzureRuntimeData Runtime { get; init; }

    /// <summary>True for SEV-SNP.</summary>
    public bool IsSnp => ReportType == 2;

    /// <summary>True for TDX.</summary>
    public bool IsTdx => ReportType == 4;

    /// <summary>The 64 bytes of report data in the hardware's report.</summary>
    public ReadOnlyMemory<byte> ReportData => HardwareReport.Slice(IsTdx ? TdReportDataOffset : SnpReportDataOffset, 64);

    /// <summary>The hash of the runtime data that must open <see cref="ReportData"/>; null for a hash that is not known.</summary>
    internal byte[]? RuntimeDigest => HashType switch
    {
        1 => SHA256.HashData(RuntimeJson.Span),
        2 => SHA384.HashData(RuntimeJson.Span),
        3 => SHA512.HashData(RuntimeJson.Span),
        _ => null,
    };

    /// <summary>Every field with its meaning.</summary>
    public ImmutableArray<EvidenceField> Fields => AzureFields.Of(this);

    /// <summary>Parses one report; verifies nothing.</summary>
    /// <exception cref="AzureFormatException">A size that does not fit, padding that is not zero, or runtime data that is not what it should be.</exception>
    public static AzureHclReport Parse(ReadOnlySpan<byte> report)
    {
        if (report.Length is < DataOffset + DataHeaderLength or > MaxLength)
        {
            throw new AzureFormatException(0, "hcl_report", string.Create(CultureInfo.InvariantCulture, $"{report.Length} bytes; expected {DataOffset + DataHeaderLength} to {MaxLength}"));
        }

        if (!report.StartsWith("HCLA"u8) || report[20..HeaderLength].ContainsAnyExcept((byte)0))
        {
            throw new AzureFormatException(0, "hcl_report.signature", "is not HCLA, or reserved bytes are not zero");
        }

        var (reportSize, dataSize, runtimeSize) = (Number(report, 8), Number(report, DataOffset), Number(report, DataOffset + 16));
        if (dataSize != DataHeaderLength + (ulong)runtimeSize || reportSize != DataOffset + (ulong)dataSize || reportSize > (ulong)report.Length)
        {
            throw new AzureFormatException(DataOffset, "hcl_report.data_size", "sizes of report, data and runtime data do not go together, or exceed the input");
        }

        if (report[(int)reportSize..].ContainsAnyExcept((byte)0))
        {
            throw new AzureFormatException((int)reportSize, "hcl_report", "padding that is not zero");
        }

        var json = report.Slice(DataOffset + DataHeaderLength, (int)runtimeSize).ToArray();
        return new AzureHclReport
        {
            Version = Number(report, 4),
            ReportSize = reportSize,
            RequestType = Number(report, 12),
            Status = Number(report, 16),
            HardwareReport = report.Slice(HeaderLength, HardwareReportLength).ToArray(),
            DataSize = dataSize,
            DataVersion = Number(report, DataOffset + 4),
            ReportType = Number(report, DataOffset + 8),
            HashType = Number(report, DataOffset + 12),
            RuntimeJson = json,
            Runtime = AzureRuntimeData.Parse(json),
        };
    }

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> report, [NotNullWhen(true)] out AzureHclReport? parsed)
    {
        try
        {
            parsed = Parse(report);
            return true;
        }
        catch (AzureFormatException)
        {
            parsed = null;
            return false;
        }
    }

    static uint Number(ReadOnlySpan<byte> report, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(report[offset..]);
}
