using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Amnion.Attestation.Dcap.Sgx;
using Amnion.Attestation.Dcap.Tdx;

namespace Amnion.Attestation.Dcap;

/// <summary>
/// A DCAP quote as parsed, not yet verified: version 3 (SGX), 4 (SGX, TDX 1.0) or 5 (SGX, TDX 1.0 and 1.5), signed with ECDSA on P-256. Intel SGX
/// ECDSA QuoteGenReference, A.4, and Intel TDX DCAP Quoting Library API, A.3.
/// </summary>
public sealed class DcapQuote
{
    /// <summary>Most bytes of a quote. Real ones have 5 KiB; QE authentication data may take 64 KiB by the format and takes 32 bytes in practice.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Most bytes of certification data; a PCK chain takes 4 KiB.</summary>
    public const int MaxCertificationDataLength = 32 * 1024;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 48;

    /// <summary>Attestation key type 2, ECDSA with SHA-256 on P-256, the only one quoting enclaves make.</summary>
    public const int EcdsaP256 = 2;

    /// <summary>TEE type of SGX.</summary>
    public const uint SgxTeeType = 0;

    /// <summary>TEE type of TDX.</summary>
    public const uint TdxTeeType = 0x81;

    /// <summary>Certification data type of a PCK certificate without its issuers, PEM.</summary>
    public const int PckCertificate = 4;

    /// <summary>Certification data type of the PCK certificate chain, PEM, leaf first.</summary>
    public const int PckChain = 5;

    /// <summary>Certification data type that nests QE report and certification data, versions 4 and 5.</summary>
    public const int QeReportCertification = 6;

    /// <summary>UUID of Intel's quoting enclaves.</summary>
    internal static ReadOnlySpan<byte> IntelQe => [0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07];

    internal DcapQuote()
    {
    }

    /// <summary>3, 4 or 5.</summary>
    public required int Version { get; init; }

    /// <summary>0 (SGX) or 0x81 (TDX).</summary>
    public required uint TeeType { get; init; }

    /// <summary>Security version of the quoting enclave as version 3 states it; null in others.</summary>
    public int? QeSvn { get; init; }

    /// <summary>Security version of the provisioning certification enclave as version 3 states it; null in others.</summary>
    public int? PceSvn { get; init; }

    /// <summary>UUID of the quoting enclave's vendor, 16 bytes.</summary>
    public required ReadOnlyMemory<byte> QeVendorId { get; init; }

    /// <summary>20 bytes of the quoting enclave; Intel's writes its identifier of the platform.</summary>
    public required ReadOnlyMemory<byte> UserData { get; init; }

    /// <summary>1 (SGX), 2 (TDX 1.0) or 3 (TDX 1.5); null before version 5.</summary>
    public int? BodyType { get; init; }

    /// <summary>Header and body, which the attestation key signed.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>The enclave's report; null for TDX.</summary>
    public SgxReport? Report { get; init; }

    /// <summary>The trust domain's report; null for SGX.</summary>
    public TdReport? TdReport { get; init; }

    /// <summary>Bytes of the signature data.</summary>
    public required int SignatureDataLength { get; init; }

    /// <summary>Bytes given, what follows the quote included.</summary>
    public required int TotalLength { get; init; }

    /// <summary>Bytes after the quote, which no signature covers and nothing reads. Zeros are padding; others are refused by <see cref="DcapCodes.Trailing"/>.</summary>
    public required int TrailingLength { get; init; }

    /// <summary>True where nothing but zeros follows the quote.</summary>
    public required bool TrailingIsZero { get; init; }

    /// <summary>r‖s over <see cref="Signed"/>, 64 bytes. Malleable: never a key for replay detection.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>x‖y of the attestation key, 64 bytes.</summary>
    public required ReadOnlyMemory<byte> AttestationKey { get; init; }

    /// <summary>The quoting enclave's own report.</summary>
    public required SgxReport QeReport { get; init; }

    /// <summary>r‖s over <see cref="QeReport"/>, made with the PCK, 64 bytes.</summary>
    public required ReadOnlyMemory<byte> QeReportSignature { get; init; }

    /// <summary>Authentication data of the quoting enclave, covered by its report.</summary>
    public required ReadOnlyMemory<byte> QeAuthData { get; init; }

    /// <summary>6 where QE report and certification data are nested (versions 4 and 5); null in version 3.</summary>
    public int? OuterCertificationType { get; init; }

    /// <summary>1 to 5; 5 is a PCK chain, 4 a PCK certificate, others only identify the platform.</summary>
    public required int CertificationType { get; init; }

    /// <summary>What <see cref="CertificationType"/> says, at most <see cref="MaxCertificationDataLength"/> bytes.</summary>
    public required ReadOnlyMemory<byte> CertificationData { get; init; }

    /// <summary>"tdx" or "sgx": see <see cref="AttestationPlatform"/>.</summary>
    public string Platform => TdReport is null ? AttestationPlatform.Sgx : AttestationPlatform.Tdx;

    /// <summary>REPORTDATA of the enclave or trust domain, 64 bytes.</summary>
    public ReadOnlyMemory<byte> ReportData => TdReport?.ReportData ?? Report!.ReportData;

    /// <summary>True where the host may read the enclave's or trust domain's memory.</summary>
    public bool IsDebug => TdReport?.IsDebug ?? Report!.IsDebug;

    /// <summary>Every decoded value, the PCK certificate's included.</summary>
    public ImmutableArray<EvidenceField> Fields => [.. DcapFields.Of(this, null)];

    /// <summary>Parses one quote; verifies nothing. Certificates are not read here.</summary>
    /// <exception cref="DcapFormatException">Anything Intel's formats or the limits above do not allow.</exception>
    public static DcapQuote Parse(ReadOnlySpan<byte> quote) => DcapQuoteReader.Read(quote);

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> quote, [NotNullWhen(true)] out DcapQuote? parsed)
    {
        try
        {
            parsed = Parse(quote);
            return true;
        }
        catch (DcapFormatException)
        {
            parsed = null;
            return false;
        }
    }
}
