using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Tpm;

/// <summary>
/// Register values as tools write them beside a quote: <c>tpm2_quote -o</c> of tpm2-tools in both its formats. "serialized" is the C
/// structure of a little-endian machine (TPML_PCR_SELECTION, a count, TPML_DIGEST records), "values" is nothing but the values in the
/// selection's order.
/// </summary>
static class TpmPcrFile
{
    const int BanksInRecord = 16;
    const int BankLength = 8;
    const int SelectionLength = 4 + (BanksInRecord * BankLength);
    const int DigestsInRecord = 8;
    const int DigestLength = 2 + 64;
    const int RecordLength = 4 + (DigestsInRecord * DigestLength);

    /// <summary>16 banks of 32 registers, 8 to a record.</summary>
    const int MaxRecords = 64;

    /// <summary>Reads either format; the quote says what a file of mere values must hold.</summary>
    public static ImmutableArray<TpmPcrValues> Read(ReadOnlySpan<byte> file, ImmutableArray<TpmPcrSelection> quoted) =>
        IsSerialized(file) ? ReadSerialized(file) : ReadValues(file, quoted);

    static bool IsSerialized(ReadOnlySpan<byte> file) =>
        file.Length >= SelectionLength + 4 && (file.Length - SelectionLength - 4) % RecordLength == 0
        && BinaryPrimitives.ReadUInt32LittleEndian(file) is > 0 and <= BanksInRecord
        && BinaryPrimitives.ReadUInt32LittleEndian(file[SelectionLength..]) == (file.Length - SelectionLength - 4) / RecordLength;

    static ImmutableArray<TpmPcrValues> ReadSerialized(ReadOnlySpan<byte> file)
    {
        var records = (file.Length - SelectionLength - 4) / RecordLength;
        if (records > MaxRecords)
        {
            throw new TpmFormatException(SelectionLength, "TPML_DIGEST", "more records than registers exist");
        }

        var digests = new Queue<ReadOnlyMemory<byte>>();
        for (var i = 0; i < records; i++)
        {
            ReadRecord(file, SelectionLength + 4 + (i * RecordLength), digests);
        }

        var banks = Assign(ReadSelections(file), digests);
        return digests.Count == 0 ? banks : throw new TpmFormatException(SelectionLength, "TPML_DIGEST", "more values than the selection names");
    }

    static List<TpmPcrSelection> ReadSelections(ReadOnlySpan<byte> file)
    {
        var count = (int)BinaryPrimitives.ReadUInt32LittleEndian(file);
        var selections = new List<TpmPcrSelection>();
        for (var i = 0; i < BanksInRecord; i++)
        {
            var entry = file.Slice(4 + (i * BankLength), BankLength);
            if (i >= count)
            {
                // Unused entries carry whatever the tool's memory held; nothing is read from them.
                continue;
            }

            var size = entry[2];
            if (size > TpmPcrSelection.MaxBitmap)
            {
                throw new TpmFormatException(4 + (i * BankLength), "TPMS_PCR_SELECTION", "a bitmap of more than 4 bytes");
            }

            selections.Add(new TpmPcrSelection(BinaryPrimitives.ReadUInt16LittleEndian(entry), TpmPcrSelection.FromBitmap(entry.Slice(3, size))));
        }

        return selections;
    }

    static void ReadRecord(ReadOnlySpan<byte> file, int offset, Queue<ReadOnlyMemory<byte>> digests)
    {
        var count = BinaryPrimitives.ReadUInt32LittleEndian(file[offset..]);
        if (count > DigestsInRecord)
        {
            throw new TpmFormatException(offset, "TPML_DIGEST", string.Create(CultureInfo.InvariantCulture, $"{count} digests; a record holds {DigestsInRecord}"));
        }

        for (var i = 0; i < count; i++)
        {
            var at = offset + 4 + (i * DigestLength);
            var size = BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);
            if (size > DigestLength - 2)
            {
                throw new TpmFormatException(at, "TPM2B_DIGEST", "longer than the longest digest");
            }

            digests.Enqueue(file.Slice(at + 2, size).ToArray());
        }
    }

    static ImmutableArray<TpmPcrValues> ReadValues(ReadOnlySpan<byte> file, ImmutableArray<TpmPcrSelection> quoted)
    {
        // A file of all registers beside a quote of some is read as what it is: a full bank, whose unquoted values a verifier then refuses.
        var selections = quoted.ToList();
        if (selections is [{ } only] && TpmAlgorithm.DigestLength(only.Algorithm) is > 0 and var length && file.Length != length * only.Registers.Length && file.Length == 24 * length)
        {
            selections = [only with { Registers = [.. Enumerable.Range(0, 24)] }];
        }

        var position = 0;
        var values = new Queue<ReadOnlyMemory<byte>>();
        foreach (var selection in selections)
        {
            var size = TpmAlgorithm.DigestLength(selection.Algorithm);
            for (var i = 0; i < selection.Registers.Length && size > 0; i++)
            {
                if (file.Length - position < size)
                {
                    throw new TpmFormatException(position, "pcrs", "fewer values than the quote selects");
                }

                values.Enqueue(file.Slice(position, size).ToArray());
                position += size;
            }
        }

        return position == file.Length ? Assign(selections, values) : throw new TpmFormatException(position, "pcrs", "more bytes than the quote selects");
    }

    static ImmutableArray<TpmPcrValues> Assign(List<TpmPcrSelection> selections, Queue<ReadOnlyMemory<byte>> values)
    {
        var banks = ImmutableArray.CreateBuilder<TpmPcrValues>();
        foreach (var (algorithm, registers) in selections)
        {
            if (registers.IsEmpty)
            {
                continue;
            }

            if (values.Count < registers.Length || banks.Any(bank => bank.Algorithm == algorithm))
            {
                throw new TpmFormatException(0, "pcrs", "fewer values than the selection names, or the same bank twice");
            }

            banks.Add(TpmPcrValues.Create(algorithm, registers.Select(index => KeyValuePair.Create(index, values.Dequeue())).ToList()));
        }

        return banks.ToImmutable();
    }
}
