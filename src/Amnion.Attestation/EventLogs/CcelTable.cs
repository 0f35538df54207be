using System.Buffers.Binary;
using System.Globalization;

namespace Amnion.Attestation.EventLogs;

/// <summary>The ACPI table that announces the event log of a confidential VM: ACPI §5.2.34, CC Event Log.</summary>
public sealed record CcelTable
{
    /// <summary>Bytes of the table.</summary>
    public const int Length = 56;

    /// <summary>Confidential computing type: 1 AMD SEV, 2 Intel TDX.</summary>
    public required int Type { get; init; }

    /// <summary>Subtype of the type.</summary>
    public required int Subtype { get; init; }

    /// <summary>Bytes that the firmware reserved for the log.</summary>
    public required long LogLength { get; init; }

    /// <summary>Where in the guest's memory the log lies.</summary>
    public required ulong LogAddress { get; init; }

    /// <summary>Parses exactly one table.</summary>
    /// <exception cref="EventLogFormatException">Another signature, length or checksum.</exception>
    public static CcelTable Parse(ReadOnlySpan<byte> table)
    {
        if (table.Length != Length || !table.StartsWith("CCEL"u8) || BinaryPrimitives.ReadUInt32LittleEndian(table[4..]) != Length)
        {
            throw new EventLogFormatException(0, "CCEL", string.Create(CultureInfo.InvariantCulture, $"{table.Length} bytes; expected a table CCEL of {Length}"));
        }

        byte sum = 0;
        foreach (var octet in table)
        {
            sum = unchecked((byte)(sum + octet));
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(table[40..]);
        if (sum != 0 || length > EventLog.MaxLength)
        {
            throw new EventLogFormatException(9, "CCEL", "a wrong checksum, or a log beyond the limit");
        }

        return new CcelTable { Type = table[36], Subtype = table[37], LogLength = (long)length, LogAddress = BinaryPrimitives.ReadUInt64LittleEndian(table[48..]) };
    }
}
