namespace Amnion.Sealing;

/// <summary>
/// Seals the response of a chunked OHTTP exchange (draft-ietf-ohai-chunked-ohttp §6.2). Send <see cref="Nonce"/>, then the
/// chunks. Sealing allocates the returned array and nothing else. Not thread-safe; one per response.
/// </summary>
public sealed class ChunkedResponseSealer : IDisposable
{
    readonly SequencedCipher _cipher;
    readonly ChunkSealer _chunks;

    internal ChunkedResponseSealer(byte[] nonce, SequencedCipher cipher)
    {
        Nonce = nonce;
        _cipher = cipher;
        _chunks = new ChunkSealer(cipher);
    }

    /// <summary>What stands before the first chunk: 16 or 32 random bytes that go into the response's key.</summary>
    public byte[] Nonce { get; }

    /// <summary>Seals the next chunk and returns it as it stands on the wire, its length included.</summary>
    /// <param name="plaintext">At most <see cref="OhttpLimits.MaxChunkPlaintext"/> bytes, better <see cref="OhttpLimits.ChunkPlaintext"/>; empty in the final chunk only.</param>
    /// <param name="final">Whether this ends the response. The stream that carries it then has to end too.</param>
    public byte[] SealChunk(ReadOnlySpan<byte> plaintext, bool final) => _chunks.SealChunk(plaintext, final);

    /// <summary>Seals all that is left of the response as chunks of <see cref="OhttpLimits.ChunkPlaintext"/>, the last one final.</summary>
    public byte[] SealMessage(ReadOnlySpan<byte> plaintext) => _chunks.SealMessage(plaintext);

    /// <summary>Erases the response's key.</summary>
    public void Dispose() => _cipher.Dispose();
}
