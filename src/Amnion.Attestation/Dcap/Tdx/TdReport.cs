using System.Buffers.Binary;

namespace Amnion.Attestation.Dcap.Tdx;

/// <summary>
/// A trust domain's report as it stands in a quote: 584 bytes for TDX 1.0 and 648 for TDX 1.5, Intel TDX DCAP Quoting Library API, A.3.2 "TD Quote Body".
/// </summary>
public sealed class TdReport
{
    /// <summary>Bytes of the TDX 1.0 body.</summary>
    public const int Length10 = 584;

    /// <summary>Bytes of the TDX 1.5 body.</summary>
    public const int Length15 = 648;

    const int RtmrLength = 48;

    readonly ReadOnlyMemory<byte> _bytes;

    internal TdReport(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The body as it was signed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>True for the TDX 1.5 body, which has two fields more.</summary>
    public bool Is15 => _bytes.Length == Length15;

    /// <summary>TEE_TCB_SVN: security versions of the TDX module when the trust domain was launched, 16 bytes; byte 0 its minor, byte 1 its major version.</summary>
    public ReadOnlyMemory<byte> TeeTcbSvn => _bytes[..16];

    /// <summary>MRSEAM: SHA-384 of the TDX module.</summary>
    public ReadOnlyMemory<byte> MrSeam => _bytes.Slice(16, 48);

    /// <summary>MRSIGNERSEAM: who signed the TDX module; zero for Intel's.</summary>
    public ReadOnlyMemory<byte> MrSignerSeam => _bytes.Slice(64, 48);

    /// <summary>SEAMATTRIBUTES, 8 bytes, zero.</summary>
    public ReadOnlyMemory<byte> SeamAttributes => _bytes.Slice(112, 8);

    /// <summary>TDATTRIBUTES, 8 bytes.</summary>
    public ReadOnlyMemory<byte> TdAttributes => _bytes.Slice(120, 8);

    /// <summary>XFAM: extended processor features that the trust domain may use, 8 bytes.</summary>
    public ReadOnlyMemory<byte> Xfam => _bytes.Slice(128, 8);

    /// <summary>MRTD: SHA-384 of the initial contents, usually the virtual firmware.</summary>
    public ReadOnlyMemory<byte> MrTd => _bytes.Slice(136, 48);

    /// <summary>MRCONFIGID, 48 bytes from the host's configuration.</summary>
    public ReadOnlyMemory<byte> MrConfigId => _bytes.Slice(184, 48);

    /// <summary>MROWNER, 48 bytes.</summary>
    public ReadOnlyMemory<byte> MrOwner => _bytes.Slice(232, 48);

    /// <summary>MROWNERCONFIG, 48 bytes.</summary>
    public ReadOnlyMemory<byte> MrOwnerConfig => _bytes.Slice(280, 48);

    /// <summary>REPORTDATA: 64 bytes chosen by the trust domain.</summary>
    public ReadOnlyMemory<byte> ReportData => _bytes.Slice(520, 64);

    /// <summary>TEE_TCB_SVN2: versions of the TDX module that runs now; null in the TDX 1.0 body.</summary>
    public ReadOnlyMemory<byte>? TeeTcbSvn2 => Is15 ? _bytes.Slice(584, 16) : (ReadOnlyMemory<byte>?)null;

    /// <summary>MRSERVICETD: the service trust domains bound to this one (migration), zero for none; null in the TDX 1.0 body.</summary>
    public ReadOnlyMemory<byte>? MrServiceTd => Is15 ? _bytes.Slice(600, 48) : (ReadOnlyMemory<byte>?)null;

    /// <summary>True where the host may read and change the trust domain's memory: TDATTRIBUTES.DEBUG.</summary>
    public bool IsDebug => (Attributes & 1) != 0;

    internal ulong Attributes => BinaryPrimitives.ReadUInt64LittleEndian(TdAttributes.Span);

    internal ulong XfamBits => BinaryPrimitives.ReadUInt64LittleEndian(Xfam.Span);

    /// <summary>RTMR 0 to 3: SHA-384 registers extended at run time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 to 3.</exception>
    public ReadOnlyMemory<byte> Rtmr(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, 3);
        return _bytes.Slice(328 + (index * RtmrLength), RtmrLength);
    }
}
