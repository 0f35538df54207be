namespace Amnion.Guard.Evaluation;

/// <summary>A line of an evaluation file was refused. Says where and which field; never quotes the line.</summary>
public sealed class EvaluationFormatException : FormatException
{
    internal EvaluationFormatException(int line, long offset, string field, string problem)
        : base($"Line {line}: {field}: {problem} (byte offset {offset} of the file)")
    {
        Line = line;
        Offset = offset;
        Field = field;
    }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>Byte offset in the file.</summary>
    public long Offset { get; }

    /// <summary>The row's field, or "row" for the line as a whole.</summary>
    public string Field { get; }
}
