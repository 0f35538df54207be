using System.Formats.Asn1;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nvidia;

/// <summary>
/// What the certificate that signs reports says of the firmware that holds its key: TCG DICE Attestation Architecture §6.1 (TcbInfo,
/// Blackwell), and the earlier form of Hopper and LS10, a composite device identifier.
/// </summary>
sealed record DiceFirmware
{
    const string CompositeDeviceId = "2.23.133.5.4.1";
    const string TcbInfo = "2.23.133.5.4.1.1";
    const int MaxFirmwareIds = 8;

    /// <summary>notSecure, recovery and debug of OperationalFlags: bits 1, 2 and 3 from the top.</summary>
    const byte UnsafeFlags = 0x70;

    const int FirmwareIds = 6;
    const int OperationalFlags = 7;

    static readonly Asn1Tag s_firmwareIds = new(TagClass.ContextSpecific, FirmwareIds, isConstructed: true);
    static readonly Asn1Tag s_flags = new(TagClass.ContextSpecific, OperationalFlags);

    /// <summary>SHA-384 of the firmware, 48 bytes; the first of several layers.</summary>
    public required ReadOnlyMemory<byte> FirmwareId { get; init; }

    /// <summary>First octet of the operational flags; 0 where there are none, as on Hopper.</summary>
    public byte Flags { get; init; }

    /// <summary>True where the certificate itself says that the device is not secure, in recovery or in debug mode.</summary>
    public bool IsUnsafe => (Flags & UnsafeFlags) != 0;

    /// <summary>Reads the leaf's extension; null where there is none, several, or one that does not parse.</summary>
    public static DiceFirmware? From(Certificate leaf)
    {
        var extensions = leaf.Extensions.Where(extension => extension.Oid is CompositeDeviceId or TcbInfo).ToList();
        if (extensions.Count != 1)
        {
            return null;
        }

        try
        {
            return extensions[0].Oid == TcbInfo ? ReadTcbInfo(extensions[0].Value) : ReadCompositeDeviceId(extensions[0].Value);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>SEQUENCE { version, deviceID SubjectPublicKeyInfo, fwid FWID }.</summary>
    static DiceFirmware ReadCompositeDeviceId(ReadOnlyMemory<byte> value)
    {
        var outer = new AsnReader(value, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (!sequence.TryReadInt32(out var version) || version != 1)
        {
            throw new AsnContentException("The version is not 1.");
        }

        _ = sequence.ReadSequence();
        var firmware = ReadFirmwareId(sequence.ReadSequence());
        sequence.ThrowIfNotEmpty();
        return new DiceFirmware { FirmwareId = firmware };
    }

    /// <summary>The fields are all optional and tagged in ascending order; only [6] fwids and [7] flags are used.</summary>
    static DiceFirmware ReadTcbInfo(ReadOnlyMemory<byte> value)
    {
        var outer = new AsnReader(value, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var firmware = ReadOnlyMemory<byte>.Empty;
        byte flags = 0;
        var last = -1;
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue <= last)
            {
                throw new AsnContentException("Fields are not in ascending order.");
            }

            last = tag.TagValue;

            // By number alone: these fields in another form are refused by the reader, and never passed over as unknown ones.
            switch (tag.TagValue)
            {
                case FirmwareIds:
                    firmware = ReadFirmwareIds(sequence.ReadSequence(s_firmwareIds));
                    break;
                case OperationalFlags:
                    flags = sequence.ReadBitString(out _, s_flags) is [var first, ..] ? first : (byte)0;
                    break;
                default:
                    _ = sequence.ReadEncodedValue();
                    break;
            }
        }

        return firmware.IsEmpty ? throw new AsnContentException("There is no firmware identifier.") : new DiceFirmware { FirmwareId = firmware, Flags = flags };
    }

    static ReadOnlyMemory<byte> ReadFirmwareIds(AsnReader list)
    {
        var first = ReadFirmwareId(list.ReadSequence());
        for (var i = 1; list.HasData; i++)
        {
            _ = i < MaxFirmwareIds ? ReadFirmwareId(list.ReadSequence()) : throw new AsnContentException("Too many firmware identifiers.");
        }

        return first;
    }

    /// <summary>SEQUENCE { hashAlg OBJECT IDENTIFIER, digest OCTET STRING }.</summary>
    static ReadOnlyMemory<byte> ReadFirmwareId(AsnReader sequence)
    {
        var algorithm = sequence.ReadObjectIdentifier();
        var digest = sequence.ReadOctetString();
        sequence.ThrowIfNotEmpty();
        return algorithm == Oids.Sha384 && digest.Length == NvidiaReport.MeasurementLength ? digest : throw new AsnContentException("A firmware identifier is not SHA-384.");
    }
}
