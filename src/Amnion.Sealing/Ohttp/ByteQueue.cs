namespace Amnion.Sealing;

/// <summary>Bytes that arrived and are not used up yet, in one contiguous buffer that grows with what really arrived.</summary>
sealed class ByteQueue
{
    byte[] _buffer = [];
    int _start;
    int _end;

    public int Length => _end - _start;

    /// <summary>What is queued; valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _end)
        {
            var length = Length;
            var needed = checked(length + bytes.Length);
            var target = needed <= _buffer.Length ? _buffer : new byte[Math.Max(needed, Math.Min(_buffer.Length * 2, Array.MaxLength))];
            _buffer.AsSpan(_start, length).CopyTo(target);
            _buffer = target;
            _start = 0;
            _end = length;
        }

        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
        }
    }

    public void Clear()
    {
        Array.Clear(_buffer);
        _buffer = [];
        _start = 0;
        _end = 0;
    }
}
