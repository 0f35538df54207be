using Amnion.Models.Manifest;
using Amnion.Sealing;

namespace Amnion.Models.Sealed;

/// <summary>Reads a sealed file's plaintext forward, one segment in memory. Nothing comes out of a segment that does not open.</summary>
sealed class SealedFileStream : Stream
{
    readonly FileStream _file;
    readonly SealedFileOpener _opener;
    readonly byte[] _segment = new byte[SealedStreamFormat.SegmentLength];
    uint _next;
    int _start;
    int _end;

    public SealedFileStream(ModelManifest manifest, SealedFile file, SecretBytes dataKey)
    {
        _file = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            Span<byte> header = stackalloc byte[SealedStreamFormat.HeaderLength];
            _file.ReadExactly(header);
            _opener = SealedFileOpener.Create(manifest, file.Name, dataKey, header);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _opener.File.PlainLength;

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end && _next < _opener.Segments)
        {
            ReadSegment();
        }

        var part = Math.Min(buffer.Length, _end - _start);
        _segment.AsSpan(_start, part).CopyTo(buffer);
        _start += part;
        return part;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _opener.Dispose();
            _file.Dispose();
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(_segment);
        }

        base.Dispose(disposing);
    }

    void ReadSegment()
    {
        var ciphertext = _segment.AsSpan(0, _opener.CiphertextLength(_next));
        var plaintext = _segment.AsSpan(0, _opener.PlaintextLength(_next));
        var whole = _file.ReadAtLeast(ciphertext, ciphertext.Length, throwOnEndOfStream: false) == ciphertext.Length;
        if (!whole || !_opener.TryOpenSegment(_next, ciphertext, plaintext))
        {
            throw new SealedPackageException(ModelCodes.SealedFile, $"\"{_opener.File.Name}\" does not open at segment {_next}.");
        }

        _next++;
        (_start, _end) = (0, plaintext.Length);
    }
}
