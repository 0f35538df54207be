using System.Runtime.InteropServices;

namespace Amnion.Images.Content;

/// <summary>Content in memory.</summary>
sealed class BytesContent(ReadOnlyMemory<byte> bytes) : ImageContent(bytes.Length)
{
    public override Stream OpenRead() => MemoryMarshal.TryGetArray(bytes, out var segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);

    private protected override ImageContent SliceCore(long offset, long length) => new BytesContent(bytes.Slice((int)offset, (int)length));
}
