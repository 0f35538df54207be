namespace Amnion.Inference.Protocol;

/// <summary>Bytes on the worker's socket that are not a frame of its protocol.</summary>
sealed class FrameFormatException(int offset, string name, string problem)
    : FormatException($"Worker frame, byte {offset}, {name}: {problem}.")
{
    public int Offset => offset;

    public string Field => name;
}
