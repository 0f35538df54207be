namespace Amnion.Sealing;

/// <summary>Opens the response of a chunked OHTTP exchange (draft-ietf-ohai-chunked-ohttp §6.2). Not thread-safe; one per response.</summary>
public sealed class ChunkedResponseOpener : IDisposable
{
    readonly OhttpResponseKey _key;
    readonly ChunkOpener _chunks;

    internal ChunkedResponseOpener(OhttpResponseKey key)
    {
        _key = key;
        _chunks = new ChunkOpener(key.DeriveCipher, key.NonceLength);
    }

    /// <summary>True once the final chunk opened: the response is whole and authentic.</summary>
    public bool IsComplete => _chunks.IsComplete;

    /// <summary>Takes the next bytes of the stream, from the response nonce on, in pieces of any size. Read the chunks after each push.</summary>
    /// <exception cref="SealedMessageException">Too much is buffered, or an earlier call failed.</exception>
    public void Push(ReadOnlySpan<byte> bytes) => _chunks.Push(bytes);

    /// <summary>
    /// The next chunk's plaintext, where one has arrived. The final chunk comes only after <see cref="Complete"/>, since
    /// it extends to the end of the stream.
    /// </summary>
    /// <exception cref="SealedMessageException">Altered, reordered, repeated, too long, or an earlier call failed.</exception>
    public bool TryReadChunk(out byte[] plaintext, out bool final) => _chunks.TryReadChunk(out plaintext, out final);

    /// <summary>
    /// Says that the stream ended, and checks that the response did. What was not read yet, the final chunk at least, is
    /// then read as before.
    /// </summary>
    /// <exception cref="SealedMessageException">The stream was truncated, or its rest does not open.</exception>
    public void Complete() => _chunks.Complete();

    /// <summary>Erases the response's keys.</summary>
    public void Dispose()
    {
        _chunks.Dispose();
        _key.Dispose();
    }
}
