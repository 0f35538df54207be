using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Amnion.Attestation.Nvidia;

/// <summary>
/// A device's SPDM 1.1 measurement report as parsed, not yet verified: the request GET_MEASUREMENTS and after it the response
/// MEASUREMENTS (DMTF DSP0274 1.1 §10.11), one signature over both.
/// </summary>
public sealed class NvidiaReport
{
    /// <summary>Most bytes, padding included: the driver's buffer (NVML_CC_GPU_ATTESTATION_REPORT_SIZE).</summary>
    public const int MaxLength = 8192;

    /// <summary>Bytes of the request.</summary>
    public const int RequestLength = 37;

    /// <summary>Most measurement blocks: Hopper and Blackwell have 64 slots, LS10 has 31.</summary>
    public const int MaxBlocks = 64;

    /// <summary>Bytes of a measurement: SHA-384.</summary>
    public const int MeasurementLength = 48;

    /// <summary>Bytes of either nonce. DSP0274 1.1 §10.11.</summary>
    public const int NonceLength = 32;

    /// <summary>Most bytes of opaque data. DSP0274 1.1 §10.11.</summary>
    public const int MaxOpaqueLength = 1024;

    /// <summary>Bytes of the signature: r‖s on P-384.</summary>
    public const int SignatureLength = 96;

    /// <summary>Param1 of the request: 1 asks for a signature.</summary>
    public required byte RequestAttributes { get; init; }

    /// <summary>Param2 of the request: 255 asks for all measurements.</summary>
    public required byte RequestOperation { get; init; }

    /// <summary>The relying party's nonce, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Certificate slot that the request asks for.</summary>
    public required byte Slot { get; init; }

    /// <summary>Certificate slot that the response names.</summary>
    public required byte ResponseSlot { get; init; }

    /// <summary>The device's own nonce, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> ResponseNonce { get; init; }

    /// <summary>Measurements by SPDM index, 1 to 254; slot N of a Reference Integrity Manifest is index N + 1.</summary>
    public required ImmutableSortedDictionary<int, Measurement> Measurements { get; init; }

    /// <summary>Opaque data in its order, no type twice.</summary>
    public required ImmutableArray<NvidiaOpaqueField> OpaqueFields { get; init; }

    /// <summary>Version of the opaque data: of its header, of its own field, or 0.</summary>
    public required ulong OpaqueVersion { get; init; }

    /// <summary>What is signed: request and response up to the signature.</summary>
    public required ReadOnlyMemory<byte> SignedBytes { get; init; }

    /// <summary>r‖s, 96 bytes. Malleable: never a key for replay detection.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Zero bytes after the signature, left over from the driver's buffer. Not signed; any other byte there is refused.</summary>
    public required int PaddingLength { get; init; }

    /// <summary>GPU or switch, by whether a driver version is there.</summary>
    public NvidiaDeviceKind Kind => Find(NvidiaOpaqueType.DriverVersion) is null ? NvidiaDeviceKind.Switch : NvidiaDeviceKind.Gpu;

    /// <summary>For example "550.90.07"; null for a switch.</summary>
    public string? DriverVersion => Find(NvidiaOpaqueType.DriverVersion)?.Text;

    /// <summary>For example "96.00.9F.00.01", as manifests spell it; null where the report has none that can be read.</summary>
    public string? VbiosVersion => Find(NvidiaOpaqueType.VbiosVersion) is not { } version ? null : Kind == NvidiaDeviceKind.Switch ? version.Text.ToUpperInvariant() : GpuVbios(version.Value.Span);

    /// <summary>Hash of the firmware that holds the signing key, 48 bytes; null in reports of drivers before 550.</summary>
    public ReadOnlyMemory<byte>? FirmwareId => Find(NvidiaOpaqueType.FirmwareId)?.Value;

    /// <summary>True where the report says that video decoder 0 is off, so that slot 35 measures nothing; null where it says neither.</summary>
    public bool? IsVideoDecoderOff => Find(NvidiaOpaqueType.NvDec0Status)?.Value.Span[0] switch { 0x55 => true, 0xaa => false, _ => null };

    /// <summary>"SPT" (one GPU passed through), "MPT" (several) or "PPCIE" (protected PCIe with switches); null where the report does not say.</summary>
    public string? Mode => Find(NvidiaOpaqueType.FeatureFlag) is not { } flag || flag.Value.Span[1] != 0 ? null : flag.Value.Span[0] switch { 0 => "SPT", 1 => "MPT", 2 => "PPCIE", _ => null };

    /// <summary>Everything decoded, in document order.</summary>
    public ImmutableArray<EvidenceField> Fields => NvidiaFields.Of(this);

    /// <summary>Parses one report, raw bytes; verifies nothing.</summary>
    /// <exception cref="NvidiaFormatException">Anything SPDM 1.1, NVIDIA's profile of it or the limits above do not allow.</exception>
    public static NvidiaReport Parse(ReadOnlySpan<byte> report) => NvidiaReportReader.Read(report.ToArray());

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> report, [NotNullWhen(true)] out NvidiaReport? parsed)
    {
        try
        {
            parsed = Parse(report);
            return true;
        }
        catch (NvidiaFormatException)
        {
            parsed = null;
            return false;
        }
    }

    internal NvidiaOpaqueField? Find(int type) => OpaqueFields.FirstOrDefault(entry => entry.Type == type);

    /// <summary>Eight bytes, a number in two halves: the second half and the top byte of the first, each little-endian.</summary>
    static string? GpuVbios(ReadOnlySpan<byte> value) => value.Length != 8
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{value[3]:X2}.{value[2]:X2}.{value[1]:X2}.{value[0]:X2}.{value[4]:X2}");
}
