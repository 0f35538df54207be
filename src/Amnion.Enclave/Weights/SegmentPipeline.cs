using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amnion.Sealing;

namespace Amnion.Enclave.Weights;

/// <summary>
/// Opens the segments of one sealed stream on their way in: ciphertext is collected into whole segments, and a few threads open them
/// in place, while they are in the processor's cache, and write them to the file in memory. Plaintext stands nowhere else, and the buffers are
/// zeroed at the end. A segment that does not open stops everything.
/// </summary>
sealed class SegmentPipeline : IDisposable
{
    // Opening is faster than any network; more than two threads wait for data.
    const int MaxThreads = 2;

    // One being filled, one for each thread and one waiting.
    const int Buffers = MaxThreads + 2;

    readonly SecretBytes _key;
    readonly byte[] _associatedData;
    readonly IWeightsFile _file;
    readonly long _plainLength;
    readonly long _sealedLength;
    readonly uint _segments;
    readonly BlockingCollection<(uint Index, byte[] Buffer, int Offset, int Length)> _work = [];
    readonly ConcurrentBag<byte[]> _idle = [];
    readonly SemaphoreSlim _free = new(Buffers);
    readonly List<Thread> _threads = [];
    readonly List<byte[]> _buffers = new(Buffers);
    SealedStreamOpener? _opener;
    byte[]? _filling;
    int _filled;
    uint _next;
    volatile bool _failed;
    volatile bool _memoryFailed;

    public SegmentPipeline(SecretBytes key, byte[] associatedData, IWeightsFile file, long plainLength)
    {
        _key = key;
        _associatedData = associatedData;
        _file = file;
        _plainLength = plainLength;
        _sealedLength = SealedStreamFormat.CiphertextLength(plainLength);
        _segments = SealedStreamFormat.SegmentCount(plainLength);
    }

    /// <summary>Bytes taken so far.</summary>
    public long Received { get; private set; }

    /// <summary>Takes the next piece of the stream.</summary>
    /// <exception cref="EnclaveRefusedException">More than the stream's length, or a segment did not open.</exception>
    public async ValueTask PushAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        if (piece.Length > _sealedLength - Received)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsLength);
        }

        Received += piece.Length;
        while (!piece.IsEmpty)
        {
            if (_filling is null)
            {
                await _free.WaitAsync(cancellation).ConfigureAwait(false);
                _filling = _idle.TryTake(out var idle) ? idle : NewBuffer();
                _filled = 0;
            }

            var part = Math.Min(piece.Length, SealedStreamFormat.SegmentLength - _filled);
            piece[..part].CopyTo(_filling.AsMemory(_filled));
            _filled += part;
            piece = piece[part..];
            if (_filled == SealedStreamFormat.SegmentLength)
            {
                HandOver();
            }
        }
    }

    /// <summary>The stream ended: waits until everything is open.</summary>
    /// <exception cref="EnclaveRefusedException">It is too short, or a segment did not open.</exception>
    public void Complete()
    {
        if (Received != _sealedLength)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsLength);
        }

        if (_filling is not null)
        {
            HandOver();
        }

        Join();
        if (_failed || _next != _segments)
        {
            throw Refused();
        }
    }

    public void Dispose()
    {
        // Threads that still open something write into the memory: they end before it may be zeroed or unmapped.
        _failed = true;
        Join();
        _buffers.ForEach(buffer => CryptographicOperations.ZeroMemory(buffer));
        _opener?.Dispose();
        _work.Dispose();
        _free.Dispose();
    }

    byte[] NewBuffer()
    {
        // Pinned: the collector would leave copies of plaintext where it moves a buffer.
        var buffer = GC.AllocateUninitializedArray<byte>(SealedStreamFormat.SegmentLength, pinned: true);
        _buffers.Add(buffer);
        return buffer;
    }

    void HandOver()
    {
        if (_failed)
        {
            throw Refused();
        }

        var buffer = _filling!;
        _filling = null;
        var offset = 0;
        if (_next == 0)
        {
            offset = SealedStreamFormat.HeaderLength;
            _opener = CreateOpener(buffer.AsSpan(0, offset));
        }

        _work.Add((_next++, buffer, offset, _filled - offset));
        if (_threads.Count < Math.Min(MaxThreads, Environment.ProcessorCount))
        {
            var thread = new Thread(OpenSegments) { IsBackground = true, Name = "weights" };
            thread.Start();
            _threads.Add(thread);
        }
    }

    EnclaveRefusedException Refused() => new(_memoryFailed ? EnclaveCodes.WeightsMemory : EnclaveCodes.WeightsSegment);

    SealedStreamOpener CreateOpener(ReadOnlySpan<byte> header)
    {
        try
        {
            return SealedStreamOpener.Create(_key, _associatedData, header);
        }
        catch (SealedStreamFormatException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WeightsSegment);
        }
    }

    void OpenSegments()
    {
        foreach (var (index, buffer, offset, length) in _work.GetConsumingEnumerable())
        {
            if (!_failed && !TryOpen(index, buffer.AsSpan(offset, length)))
            {
                _failed = true;
            }

            _idle.Add(buffer);
            _free.Release();
        }
    }

    bool TryOpen(uint index, Span<byte> segment)
    {
        try
        {
            var plain = segment[..SealedStreamFormat.SegmentPlaintextLength(index, _plainLength)];
            if (!_opener!.TryOpenSegment(index, index == _segments - 1, segment, plain))
            {
                return false;
            }

            _file.Write(SealedStreamFormat.PlaintextOffset(index), plain);
            return true;
        }
        catch (IOException)
        {
            _memoryFailed = true;
            return false;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or InvalidOperationException)
        {
            // A length that fits no segment; it cannot come from a stream of the right length.
            return false;
        }
    }

    void Join()
    {
        if (!_work.IsAddingCompleted)
        {
            _work.CompleteAdding();
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _threads.Clear();
    }
}
