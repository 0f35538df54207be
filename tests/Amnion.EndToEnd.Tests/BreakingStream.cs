namespace Amnion.EndToEnd.Tests;

/// <summary>A connection that is reset after some bytes.</summary>
sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes, writable: false)
{
    public override int Read(byte[] buffer, int offset, int count) => Whole(base.Read(buffer, offset, count));

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Whole(await base.ReadAsync(buffer.AsMemory(offset, count), cancellationToken));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Whole(await base.ReadAsync(buffer, cancellationToken));

    static int Whole(int read) => read > 0 ? read : throw new IOException("The connection was reset.");
}
