namespace Amnion.Records.Frames;

/// <summary>The peer sent something that is no frame of this protocol; the connection ends.</summary>
public sealed class FrameFormatException(string message) : FormatException(message);
