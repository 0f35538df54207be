using System.Buffers.Binary;

namespace Amnion.Attestation.Dcap.Sgx;

/// <summary>
/// An SGX enclave's report body, 384 bytes: Intel SGX ECDSA QuoteGenReference, "Enclave Report Body". The quoting enclave's own report has the same form.
/// </summary>
public sealed class SgxReport
{
    /// <summary>Bytes of a report body.</summary>
    public const int Length = 384;

    const byte Init = 0x01;
    const byte DebugBit = 0x02;

    readonly ReadOnlyMemory<byte> _bytes;

    internal SgxReport(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The body as it was signed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>CPUSVN: security version of the processor, 16 bytes, opaque.</summary>
    public ReadOnlyMemory<byte> CpuSvn => _bytes[..16];

    /// <summary>MISCSELECT: extended features of a saved state frame.</summary>
    public uint MiscSelect => BinaryPrimitives.ReadUInt32LittleEndian(MiscSelectBytes.Span);

    /// <summary>ISVEXTPRODID, 16 bytes; zero without key separation and sharing.</summary>
    public ReadOnlyMemory<byte> IsvExtProdId => _bytes.Slice(32, 16);

    /// <summary>ATTRIBUTES: 8 bytes of flags and 8 bytes XFRM.</summary>
    public ReadOnlyMemory<byte> Attributes => _bytes.Slice(48, 16);

    /// <summary>MRENCLAVE: SHA-256 of the enclave as built.</summary>
    public ReadOnlyMemory<byte> MrEnclave => _bytes.Slice(64, 32);

    /// <summary>MRSIGNER: SHA-256 of the signer's RSA modulus.</summary>
    public ReadOnlyMemory<byte> MrSigner => _bytes.Slice(128, 32);

    /// <summary>CONFIGID, 64 bytes; zero without key separation and sharing.</summary>
    public ReadOnlyMemory<byte> ConfigId => _bytes.Slice(192, 64);

    /// <summary>ISVPRODID: the signer's number of the product.</summary>
    public ushort IsvProdId => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.Span[256..]);

    /// <summary>ISVSVN: the signer's security version of the enclave.</summary>
    public ushort IsvSvn => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.Span[258..]);

    /// <summary>CONFIGSVN.</summary>
    public ushort ConfigSvn => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.Span[260..]);

    /// <summary>ISVFAMILYID, 16 bytes; zero without key separation and sharing.</summary>
    public ReadOnlyMemory<byte> IsvFamilyId => _bytes.Slice(304, 16);

    /// <summary>REPORTDATA: 64 bytes chosen by the enclave.</summary>
    public ReadOnlyMemory<byte> ReportData => _bytes.Slice(320, 64);

    /// <summary>True where the host may read and change the enclave's memory: ATTRIBUTES.DEBUG.</summary>
    public bool IsDebug => (_bytes.Span[48] & DebugBit) != 0;

    /// <summary>ATTRIBUTES.INIT, which every enclave that runs has.</summary>
    public bool IsInitialised => (_bytes.Span[48] & Init) != 0;

    internal ulong Flags => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.Span[48..]);

    internal ReadOnlyMemory<byte> MiscSelectBytes => _bytes.Slice(16, 4);
}
