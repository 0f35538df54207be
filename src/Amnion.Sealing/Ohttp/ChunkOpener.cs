namespace Amnion.Sealing;

/// <summary>
/// Takes the chunks of one direction apart and opens them (draft-ietf-ohai-chunked-ohttp §4 to §6). The final chunk extends
/// to the end of the stream, so it is known only once <see cref="Complete"/> says that the stream ended. Any failure is
/// final: the buffers are dropped and every later call fails alike. Not thread-safe.
/// </summary>
sealed class ChunkOpener(Func<ReadOnlySpan<byte>, SequencedCipher> createCipher, int preambleLength) : IDisposable
{
    readonly ByteQueue _input = new();
    readonly Queue<(byte[] Plaintext, bool Final)> _opened = new();
    SequencedCipher? _cipher;
    State _state = preambleLength == 0 ? State.Length : State.Preamble;
    int _chunkLength;
    bool _ended;

    enum State
    {
        Preamble,
        Length,
        Chunk,
        FinalChunk,
        Finished,
        Failed,
    }

    /// <summary>The whole stream arrived and is authentic.</summary>
    public bool IsComplete => _state == State.Finished;

    public void Push(ReadOnlySpan<byte> bytes)
    {
        ThrowIfFailed();
        if (_ended)
        {
            throw new InvalidOperationException("The stream was declared complete; nothing more can be pushed.");
        }

        if (bytes.Length > OhttpLimits.MaxBuffered - _input.Length)
        {
            throw Fail();
        }

        _input.Append(bytes);
        if (_state == State.FinalChunk && _input.Length > OhttpLimits.MaxSealedChunk)
        {
            throw Fail();
        }
    }

    public bool TryReadChunk(out byte[] plaintext, out bool final)
    {
        ThrowIfFailed();
        if (_opened.TryDequeue(out var opened) || TryOpenNext(out opened))
        {
            (plaintext, final) = opened;
            return true;
        }

        plaintext = [];
        final = false;
        return false;
    }

    public void Complete()
    {
        ThrowIfFailed();
        if (_ended)
        {
            return;
        }

        _ended = true;
        while (TryOpenNext(out var opened))
        {
            _opened.Enqueue(opened);
        }

        if (_state != State.Finished)
        {
            throw Fail();
        }
    }

    public void Dispose()
    {
        _input.Clear();
        _opened.Clear();
        _cipher?.Dispose();
        if (_state != State.Finished)
        {
            _state = State.Failed;
        }
    }

    public void ThrowIfFailed()
    {
        if (_state == State.Failed)
        {
            throw new SealedMessageException();
        }
    }

    bool TryOpenNext(out (byte[] Plaintext, bool Final) opened)
    {
        opened = default;
        if (_state == State.Preamble)
        {
            if (_input.Length < preambleLength)
            {
                return false;
            }

            _cipher = createCipher(_input.Bytes[..preambleLength]);
            _input.Consume(preambleLength);
            _state = State.Length;
        }

        if (_state == State.Length && !TryReadLength())
        {
            return false;
        }

        switch (_state)
        {
            case State.Chunk when _input.Length >= _chunkLength:
                opened = (Open(_chunkLength, []), false);
                _state = State.Length;
                return true;
            case State.FinalChunk when _input.Length > OhttpLimits.MaxSealedChunk || (_ended && _input.Length < HpkeAlgorithms.TagLength):
                throw Fail();
            case State.FinalChunk when _ended:
                opened = (Open(_input.Length, ChunkSealer.FinalAssociatedData), true);
                _state = State.Finished;
                return true;
            default:
                return false;
        }
    }

    bool TryReadLength()
    {
        if (!VarInt.TryRead(_input.Bytes, out var length, out var consumed))
        {
            return false;
        }

        // The length's encoding is not authenticated (draft §6). Insisting on the shortest leaves no choice in it, so that a
        // sealed message has exactly one form on the wire.
        if (consumed != VarInt.LengthOf(length))
        {
            throw Fail();
        }

        // A chunk of a tag alone would be an empty non-final chunk, which receivers must refuse (draft §6).
        if (length != 0 && length is <= HpkeAlgorithms.TagLength or > OhttpLimits.MaxSealedChunk)
        {
            throw Fail();
        }

        _input.Consume(consumed);
        _chunkLength = (int)length;
        _state = length == 0 ? State.FinalChunk : State.Chunk;
        return true;
    }

    byte[] Open(int length, ReadOnlySpan<byte> associatedData)
    {
        _cipher ??= createCipher([]);
        var plaintext = new byte[length - HpkeAlgorithms.TagLength];
        if (!_cipher.TryOpen(associatedData, _input.Bytes[..length], plaintext))
        {
            throw Fail();
        }

        _input.Consume(length);
        return plaintext;
    }

    SealedMessageException Fail()
    {
        _state = State.Failed;
        Dispose();
        return new SealedMessageException();
    }
}
