namespace Amnion.Records.Tests;

/// <summary>Gives at most so many bytes in one read, as a connection may.</summary>
sealed class CutStream(byte[] content, int atOnce) : MemoryStream(content)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, atOnce)], cancellationToken);
}
