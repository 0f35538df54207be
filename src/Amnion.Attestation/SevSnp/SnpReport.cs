using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Amnion.Attestation.SevSnp;

/// <summary>
/// An attestation report as parsed, not yet verified: AMD 56860, ATTESTATION_REPORT, versions 1 to 5. Every byte has one place and nothing
/// follows. Rules about values are checks of <see cref="SnpVerifier"/>, so that a report that breaks one can still be explained.
/// </summary>
public sealed class SnpReport
{
    /// <summary>Bytes of a report.</summary>
    public const int Length = 0x4a0;

    /// <summary>Bytes at the start of a report that its signature covers.</summary>
    public const int SignedLength = 0x2a0;

    /// <summary>Bytes of CHIP_ID.</summary>
    public const int ChipIdLength = 64;

    /// <summary>Bytes of REPORT_DATA.</summary>
    public const int ReportDataLength = 64;

    /// <summary>Highest version whose layout is known. A later one may move fields, so it is refused.</summary>
    public const int MaxVersion = 5;

    /// <summary>The value of <see cref="Vmpl"/> in a report that the host asked for and no guest.</summary>
    public const uint HostRequestedVmpl = uint.MaxValue;

    internal SnpReport(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>VERSION: 1 to 5. Version 1 is parsed for inspection and never verified.</summary>
    public required int Version { get; init; }

    /// <summary>GUEST_SVN: the guest's security version number, from its ID block.</summary>
    public required uint GuestSvn { get; init; }

    /// <summary>POLICY.</summary>
    public required SnpGuestPolicy Policy { get; init; }

    /// <summary>FAMILY_ID of the ID block, 16 bytes.</summary>
    public required ReadOnlyMemory<byte> FamilyId { get; init; }

    /// <summary>IMAGE_ID of the ID block, 16 bytes.</summary>
    public required ReadOnlyMemory<byte> ImageId { get; init; }

    /// <summary>VMPL: the privilege level that asked, 0 (highest) to 3; <see cref="HostRequestedVmpl"/> where the host asked.</summary>
    public required uint Vmpl { get; init; }

    /// <summary>SIGNATURE_ALGO: 1 is ECDSA on P-384 with SHA-384, the only one defined.</summary>
    public required uint SignatureAlgorithm { get; init; }

    /// <summary>CURRENT_TCB: what runs now.</summary>
    public required SnpTcb CurrentTcb { get; init; }

    /// <summary>PLATFORM_INFO.</summary>
    public required SnpPlatformInfo PlatformInfo { get; init; }

    /// <summary>The 32 bits at offset 48h: AUTHOR_KEY_EN, MASK_CHIP_KEY, SIGNING_KEY.</summary>
    public required uint SignerInfo { get; init; }

    /// <summary>REPORT_DATA: 64 bytes chosen by the guest.</summary>
    public required ReadOnlyMemory<byte> ReportData { get; init; }

    /// <summary>MEASUREMENT: SHA-384 of the guest's initial memory.</summary>
    public required Measurement Measurement { get; init; }

    /// <summary>HOST_DATA: 32 bytes chosen by the host at launch.</summary>
    public required ReadOnlyMemory<byte> HostData { get; init; }

    /// <summary>ID_KEY_DIGEST: SHA-384 of the key that signed the ID block; zero where there was none.</summary>
    public required Measurement IdKeyDigest { get; init; }

    /// <summary>AUTHOR_KEY_DIGEST: SHA-384 of the key that signed the ID key; means something only with <see cref="AuthorKeyEnabled"/>.</summary>
    public required Measurement AuthorKeyDigest { get; init; }

    /// <summary>REPORT_ID: 32 bytes that name this run of the guest.</summary>
    public required ReadOnlyMemory<byte> ReportId { get; init; }

    /// <summary>REPORT_ID_MA of the guest's migration agent; all ones where there is none.</summary>
    public required ReadOnlyMemory<byte> ReportIdOfMigrationAgent { get; init; }

    /// <summary>REPORTED_TCB: what the endorsement key is derived from.</summary>
    public required SnpTcb ReportedTcb { get; init; }

    /// <summary>CPUID family, model and stepping; null before version 3.</summary>
    public required SnpCpuid? Cpuid { get; init; }

    /// <summary>CHIP_ID: 64 bytes, of which Turin uses 8; zero where the host masks it.</summary>
    public required ReadOnlyMemory<byte> ChipId { get; init; }

    /// <summary>COMMITTED_TCB: below it the platform cannot go back.</summary>
    public required SnpTcb CommittedTcb { get; init; }

    /// <summary>The firmware that runs now.</summary>
    public required SnpFirmwareVersion CurrentFirmware { get; init; }

    /// <summary>The firmware that the platform committed to.</summary>
    public required SnpFirmwareVersion CommittedFirmware { get; init; }

    /// <summary>LAUNCH_TCB: what ran when the guest was launched or arrived by migration.</summary>
    public required SnpTcb LaunchTcb { get; init; }

    /// <summary>LAUNCH_MIT_VECTOR: mitigations in effect at launch, one a bit; null before version 5.</summary>
    public required ulong? LaunchMitigations { get; init; }

    /// <summary>CURRENT_MIT_VECTOR: mitigations in effect now, one a bit; null before version 5.</summary>
    public required ulong? CurrentMitigations { get; init; }

    /// <summary>Names of reserved fields that are not zero, with their offsets.</summary>
    public required ImmutableArray<string> ReservedNotZero { get; init; }

    /// <summary>AUTHOR_KEY_EN: the launch was authorised by an author key.</summary>
    public bool AuthorKeyEnabled => (SignerInfo & 1) != 0;

    /// <summary>MASK_CHIP_KEY: the host told the firmware not to sign with the chip's key; the signature is then zero. It does not clear CHIP_ID.</summary>
    public bool MaskChipKey => (SignerInfo & 2) != 0;

    /// <summary>SIGNING_KEY; a value that the enumeration does not name is reserved.</summary>
    public SnpSigningKey SigningKey => (SnpSigningKey)(SignerInfo >> 2 & 7);

    /// <summary>The product line by CPUID; null before version 3 and for a CPUID this version does not know.</summary>
    public SnpProduct? Product => Cpuid is { } cpuid ? SnpProducts.FromCpuid(cpuid.Family, cpuid.Model) : null;

    /// <summary>Every decoded value by name, in the report's order.</summary>
    public ImmutableArray<EvidenceField> Fields => SnpFields.Of(this);

    /// <summary>All 1184 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>r‖s, big-endian, 48 bytes each. Malleable: never a key for replay detection.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Parses one report of exactly <see cref="Length"/> bytes and copies it; verifies nothing.</summary>
    /// <exception cref="SnpFormatException">Another length, or a version whose layout is not known.</exception>
    public static SnpReport Parse(ReadOnlySpan<byte> report) => SnpReportReader.Read(report);

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(ReadOnlySpan<byte> report, [NotNullWhen(true)] out SnpReport? parsed)
    {
        try
        {
            parsed = Parse(report);
            return true;
        }
        catch (SnpFormatException)
        {
            parsed = null;
            return false;
        }
    }
}
