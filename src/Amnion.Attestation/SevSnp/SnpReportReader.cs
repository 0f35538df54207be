using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>Reads the fields of a report at their offsets: AMD 56860, ATTESTATION_REPORT. Numbers are little-endian.</summary>
static class SnpReportReader
{
    /// <summary>r and s are 72 bytes each, little-endian, of which P-384 uses 48.</summary>
    const int CoordinateField = 72;

    const int Coordinate = 48;

    public static SnpReport Read(ReadOnlySpan<byte> report)
    {
        if (report.Length != SnpReport.Length)
        {
            throw new SnpFormatException(
                Math.Min(report.Length, SnpReport.Length),
                "ATTESTATION_REPORT",
                string.Create(CultureInfo.InvariantCulture, $"is {report.Length} bytes; expected {SnpReport.Length}"));
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(report);
        if (version is 0 or > SnpReport.MaxVersion)
        {
            // A later version may give these bytes another meaning, so they are not read at all.
            throw new SnpFormatException(0, "VERSION", string.Create(CultureInfo.InvariantCulture, $"is {version}; versions 2 to {SnpReport.MaxVersion} are known"), SnpCodes.UnknownVersion);
        }

        return Read(report.ToArray(), (int)version);
    }

    static SnpReport Read(ReadOnlyMemory<byte> bytes, int version)
    {
        var cpuid = version >= 3 ? new SnpCpuid(bytes.Span[0x188], bytes.Span[0x189], bytes.Span[0x18a]) : (SnpCpuid?)null;

        // Turin's firmware never wrote version 2. A family that is not known gets the older layout, and its product check fails.
        var layout = cpuid is { Family: 0x1a } ? SnpTcbLayout.Turin : SnpTcbLayout.Milan;
        var report = new SnpReport(bytes)
        {
            Version = version,
            GuestSvn = U32(bytes, 0x04),
            Policy = new SnpGuestPolicy(U64(bytes, 0x08)),
            FamilyId = bytes.Slice(0x10, 16),
            ImageId = bytes.Slice(0x20, 16),
            Vmpl = U32(bytes, 0x30),
            SignatureAlgorithm = U32(bytes, 0x34),
            CurrentTcb = new SnpTcb(U64(bytes, 0x38), layout),
            PlatformInfo = new SnpPlatformInfo(U64(bytes, 0x40)),
            SignerInfo = U32(bytes, 0x48),
            ReportData = bytes.Slice(0x50, SnpReport.ReportDataLength),
            Measurement = new Measurement(bytes.Span.Slice(0x90, 48)),
            HostData = bytes.Slice(0xc0, 32),
            IdKeyDigest = new Measurement(bytes.Span.Slice(0xe0, 48)),
            AuthorKeyDigest = new Measurement(bytes.Span.Slice(0x110, 48)),
            ReportId = bytes.Slice(0x140, 32),
            ReportIdOfMigrationAgent = bytes.Slice(0x160, 32),
            ReportedTcb = new SnpTcb(U64(bytes, 0x180), layout),
            Cpuid = cpuid,
            ChipId = bytes.Slice(0x1a0, SnpReport.ChipIdLength),
            CommittedTcb = new SnpTcb(U64(bytes, 0x1e0), layout),
            CurrentFirmware = Firmware(bytes.Span, 0x1e8),
            CommittedFirmware = Firmware(bytes.Span, 0x1ec),
            LaunchTcb = new SnpTcb(U64(bytes, 0x1f0), layout),
            LaunchMitigations = version >= 5 ? U64(bytes, 0x1f8) : null,
            CurrentMitigations = version >= 5 ? U64(bytes, 0x200) : null,
            ReservedNotZero = Reserved(bytes.Span, version),
            Signature = Signature(bytes.Span.Slice(SnpReport.SignedLength, 2 * CoordinateField)),
        };
        return report;
    }

    /// <summary>Bytes that the specification reserves. Those behind offset 2A0h are not signed: a free value there would make a second report of one.</summary>
    static ImmutableArray<string> Reserved(ReadOnlySpan<byte> bytes, int version)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Zero(bytes, 0x4c, 0x50, problems);
        Zero(bytes, version >= 3 ? 0x18b : 0x188, 0x1a0, problems);
        Zero(bytes, 0x1eb, 0x1ec, problems);
        Zero(bytes, 0x1ef, 0x1f0, problems);
        Zero(bytes, version >= 5 ? 0x208 : 0x1f8, SnpReport.SignedLength, problems);
        Zero(bytes, SnpReport.SignedLength + Coordinate, SnpReport.SignedLength + CoordinateField, problems);
        Zero(bytes, SnpReport.SignedLength + CoordinateField + Coordinate, SnpReport.SignedLength + (2 * CoordinateField), problems);
        Zero(bytes, SnpReport.SignedLength + (2 * CoordinateField), SnpReport.Length, problems);
        return problems.ToImmutable();
    }

    static void Zero(ReadOnlySpan<byte> bytes, int from, int to, ImmutableArray<string>.Builder problems)
    {
        if (bytes[from..to].ContainsAnyExcept((byte)0))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"bytes {from:x3}h to {to - 1:x3}h"));
        }
    }

    static byte[] Signature(ReadOnlySpan<byte> fields)
    {
        var signature = new byte[2 * Coordinate];
        fields[..Coordinate].CopyTo(signature);
        fields.Slice(CoordinateField, Coordinate).CopyTo(signature.AsSpan(Coordinate));
        signature.AsSpan(0, Coordinate).Reverse();
        signature.AsSpan(Coordinate).Reverse();
        return signature;
    }

    static SnpFirmwareVersion Firmware(ReadOnlySpan<byte> bytes, int offset) => new(Major: bytes[offset + 2], Minor: bytes[offset + 1], Build: bytes[offset]);

    static uint U32(ReadOnlyMemory<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[offset..]);

    static ulong U64(ReadOnlyMemory<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[offset..]);
}
