namespace Amnion.Records.Frames;

/// <summary>One frame as read: its type and payload. The payload is valid until the next read.</summary>
public readonly record struct Frame(FrameType Type, ReadOnlyMemory<byte> Payload);
