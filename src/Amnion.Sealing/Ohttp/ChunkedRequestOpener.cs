using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// The gateway's side of one chunked OHTTP exchange (draft-ietf-ohai-chunked-ohttp §6): opens a request, then seals its
/// response. The caller reads the <see cref="OhttpRequestHeader"/>, remembers its encapsulated key in a
/// <see cref="ReplayMemory"/>, picks the key it names, and pushes what follows. Not thread-safe; one per request.
/// </summary>
public sealed class ChunkedRequestOpener : IDisposable
{
    readonly OhttpRequestHeader _header;
    readonly HpkeRecipientContext _context;
    readonly ChunkOpener _chunks;

    ChunkedRequestOpener(OhttpRequestHeader header, HpkeRecipientContext context)
    {
        _header = header;
        _context = context;
        _chunks = new ChunkOpener(_ => context.Cipher, preambleLength: 0);
    }

    /// <summary>True once the final chunk opened: the request is whole and authentic.</summary>
    public bool IsComplete => _chunks.IsComplete;

    /// <summary>Starts opening a request, of any suite that is available here.</summary>
    /// <param name="header">The request's header.</param>
    /// <param name="privateKey">The key it names.</param>
    /// <exception cref="SealedMessageException">Unavailable suite, another KEM, or an invalid encapsulated key.</exception>
    public static ChunkedRequestOpener Open(OhttpRequestHeader header, HpkePrivateKey privateKey) =>
        new(header, OhttpEncapsulation.SetupRecipient(header, privateKey, OhttpEncapsulation.ChunkedRequestLabel));

    /// <summary>Starts opening a request, provided its key id and algorithms are those that the configuration offers.</summary>
    /// <exception cref="SealedMessageException">They are not, or the encapsulated key is invalid.</exception>
    public static ChunkedRequestOpener Open(OhttpRequestHeader header, OhttpKeyConfig config, HpkePrivateKey privateKey)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(config);
        if (header.KeyId != config.KeyId || header.KemId != config.KemId || !config.Offers(header.KdfId, header.AeadId))
        {
            throw new SealedMessageException();
        }

        return Open(header, privateKey);
    }

    /// <summary>Takes the next bytes of the stream, in pieces of any size. Read the chunks after each push.</summary>
    /// <exception cref="SealedMessageException">Too much is buffered, or an earlier call failed.</exception>
    public void Push(ReadOnlySpan<byte> bytes) => _chunks.Push(bytes);

    /// <summary>
    /// The next chunk's plaintext, where one has arrived. The final chunk comes only after <see cref="Complete"/>, since
    /// it extends to the end of the stream.
    /// </summary>
    /// <exception cref="SealedMessageException">Altered, reordered, repeated, too long, or an earlier call failed.</exception>
    public bool TryReadChunk(out byte[] plaintext, out bool final) => _chunks.TryReadChunk(out plaintext, out final);

    /// <summary>
    /// Says that the stream ended, and checks that the request did. What was not read yet, the final chunk at least, is
    /// then read as before.
    /// </summary>
    /// <exception cref="SealedMessageException">The stream was truncated, or its rest does not open.</exception>
    public void Complete() => _chunks.Complete();

    /// <summary>Seals the response. It outlives this object. May be called before the request is complete.</summary>
    /// <exception cref="SealedMessageException">An earlier call failed: there is no answer to what did not open.</exception>
    public ChunkedResponseSealer CreateResponseSealer() =>
        CreateResponseSealer(RandomNumberGenerator.GetBytes(OhttpResponseKey.NonceLengthOf(_header.Suite)));

    /// <summary>Erases the request's keys.</summary>
    public void Dispose()
    {
        _chunks.Dispose();
        _context.Dispose();
    }

    /// <summary>With the nonce given: for published vectors only.</summary>
    internal ChunkedResponseSealer CreateResponseSealer(byte[] nonce)
    {
        _chunks.ThrowIfFailed();
        using var key = new OhttpResponseKey(
            _header.Suite,
            _header.Enc,
            _context.Export(OhttpEncapsulation.ChunkedResponseLabel, OhttpResponseKey.NonceLengthOf(_header.Suite)));
        return new ChunkedResponseSealer(nonce, key.DeriveCipher(nonce));
    }
}
