namespace Amnion.Records;

/// <summary>A wire record was refused. The message names the record, the JSON path and what was expected; it never quotes content.</summary>
public sealed class RecordFormatException : FormatException
{
    /// <param name="record">The record's format name, for example "amnion/keyset/1".</param>
    /// <param name="path">JSON path of the member, "$" for the document itself.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="offset">Byte offset in the input where known, otherwise -1.</param>
    public RecordFormatException(string record, string path, string problem, long offset = -1)
        : base(offset < 0 ? $"{record}: {path}: {problem}" : $"{record}: {path}: {problem} (byte offset {offset})")
    {
        Record = record;
        Path = path;
        Offset = offset;
    }

    /// <summary>The record's format name.</summary>
    public string Record { get; }

    /// <summary>JSON path of the refused member.</summary>
    public string Path { get; }

    /// <summary>Byte offset in the input, or -1.</summary>
    public long Offset { get; }
}
