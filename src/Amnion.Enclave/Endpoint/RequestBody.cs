using System.Buffers;

namespace Amnion.Enclave.Endpoint;

/// <summary>The bytes of one sealed request as they arrive, up to a limit; what all requests hold together is bounded too.</summary>
sealed class RequestBody(RequestBody.Budget budget, int limit) : IDisposable
{
    byte[] _bytes = [];
    int _length;
    int _reserved;

    /// <summary>Everything that arrived.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Appends a piece.</summary>
    /// <exception cref="EnclaveRefusedException">Longer than the limit, or too much is held in all.</exception>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > limit - _length)
        {
            throw new EnclaveRefusedException(EnclaveCodes.RequestTooLong);
        }

        if (_bytes.Length - _length < piece.Length)
        {
            Grow(_length + piece.Length);
        }

        piece.CopyTo(_bytes.AsSpan(_length));
        _length += piece.Length;
    }

    public void Dispose()
    {
        budget.Return(_reserved);
        _reserved = 0;
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _bytes, []));
        _length = 0;
    }

    void Grow(int needed)
    {
        var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _bytes.Length));
        if (!budget.TryTake(bigger.Length - _bytes.Length))
        {
            ArrayPool<byte>.Shared.Return(bigger);
            throw new EnclaveRefusedException(EnclaveCodes.Busy);
        }

        _reserved += bigger.Length - _bytes.Length;
        Bytes.CopyTo(bigger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = bigger;
    }

    /// <summary>How much all requests together may hold.</summary>
    public sealed class Budget(long total)
    {
        long _left = total;

        /// <summary>Takes bytes; false where not so many are left.</summary>
        public bool TryTake(int count)
        {
            if (Interlocked.Add(ref _left, -count) >= 0)
            {
                return true;
            }

            Interlocked.Add(ref _left, count);
            return false;
        }

        /// <summary>Gives bytes back.</summary>
        public void Return(int count) => Interlocked.Add(ref _left, count);
    }
}
