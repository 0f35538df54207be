namespace Amnion.Images.Eif;

/// <summary>Counts and checksums what is written through it.</summary>
sealed class ChecksumStream(Stream destination) : Stream
{
    Crc32 _checksum;

    public long Written { get; private set; }

    public uint Value => _checksum.Value;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Append(ReadOnlySpan<byte> unwritten) => _checksum.Append(unwritten);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _checksum.Append(buffer);
        Written += buffer.Length;
        destination.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => destination.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
