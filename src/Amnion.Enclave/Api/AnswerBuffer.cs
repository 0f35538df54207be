using System.Buffers;
using System.Security.Cryptography;

namespace Amnion.Enclave.Api;

/// <summary>A growing buffer for one answer's bytes. It is zeroed when cleared, grown and disposed, since it holds the caller's content.</summary>
sealed class AnswerBuffer : IBufferWriter<byte>, IDisposable
{
    byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - Length));
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte several times.</summary>
    public void Fill(byte value, int count)
    {
        GetSpan(count)[..count].Fill(value);
        Length += count;
    }

    /// <summary>Forgets the first bytes and moves the rest to the front.</summary>
    public void RemoveFirst(int count)
    {
        if (count > 0)
        {
            _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
            CryptographicOperations.ZeroMemory(_bytes.AsSpan(Length - count, count));
            Length -= count;
        }
    }

    /// <summary>Zeroes and forgets what was written.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_bytes.AsSpan(0, Length));
        Length = 0;
    }

    public void Dispose()
    {
        Clear();
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _bytes, []));
    }

    void Grow(int more)
    {
        if (_bytes.Length - Length >= more)
        {
            return;
        }

        var bigger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(Length + more, 2 * _bytes.Length)));
        _bytes.AsSpan(0, Length).CopyTo(bigger);
        CryptographicOperations.ZeroMemory(_bytes.AsSpan(0, Length));
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bigger;
    }
}
