namespace Amnion.Sealing;

/// <summary>
/// The client's side of one chunked OHTTP exchange (draft-ietf-ohai-chunked-ohttp §6.1): seals a request to a gateway's key,
/// then opens its response. Send <see cref="Header"/>, then the chunks. Not thread-safe; one per request.
/// </summary>
public sealed class ChunkedRequestSealer : IDisposable
{
    readonly HpkeSenderContext _context;
    readonly ChunkSealer _chunks;
    readonly byte[] _enc;

    ChunkedRequestSealer(HpkeSenderContext context, byte[] header, byte[] enc)
    {
        _context = context;
        _chunks = new ChunkSealer(context.Cipher);
        _enc = enc;
        Header = header;
    }

    /// <summary>What stands before the first chunk: key id, algorithm ids, encapsulated key.</summary>
    public byte[] Header { get; }

    /// <summary>Starts a request with the configuration's first algorithm pair that is available here.</summary>
    /// <exception cref="PlatformNotSupportedException">None is.</exception>
    public static ChunkedRequestSealer Create(OhttpKeyConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var suite = config.PreferredSuite
            ?? throw new PlatformNotSupportedException($"{SealingCodes.SuiteUnsupported}: no suite of the key configuration is available on this platform.");
        return Create(config, suite.KdfId, suite.AeadId);
    }

    /// <summary>Starts a request with one of the configuration's algorithm pairs.</summary>
    /// <exception cref="ArgumentException">The configuration does not offer the pair.</exception>
    /// <exception cref="PlatformNotSupportedException">The suite is not available here.</exception>
    public static ChunkedRequestSealer Create(OhttpKeyConfig config, HpkeKdf kdfId, HpkeAead aeadId) => Create(config, kdfId, aeadId, null);

    /// <summary>Seals the next chunk and returns it as it stands on the wire, its length included.</summary>
    /// <param name="plaintext">At most <see cref="OhttpLimits.MaxChunkPlaintext"/> bytes, better <see cref="OhttpLimits.ChunkPlaintext"/>; empty in the final chunk only.</param>
    /// <param name="final">Whether this ends the request. The stream that carries it then has to end too.</param>
    public byte[] SealChunk(ReadOnlySpan<byte> plaintext, bool final) => _chunks.SealChunk(plaintext, final);

    /// <summary>Seals all that is left of the request as chunks of <see cref="OhttpLimits.ChunkPlaintext"/>, the last one final.</summary>
    public byte[] SealMessage(ReadOnlySpan<byte> plaintext) => _chunks.SealMessage(plaintext);

    /// <summary>Opens the response to this request. It outlives this object.</summary>
    public ChunkedResponseOpener CreateResponseOpener() =>
        new(new OhttpResponseKey(_context.Suite, _enc, _context.Export(OhttpEncapsulation.ChunkedResponseLabel, OhttpResponseKey.NonceLengthOf(_context.Suite))));

    /// <summary>Erases the request's keys.</summary>
    public void Dispose() => _context.Dispose();

    /// <summary>With the ephemeral key given: for published vectors only.</summary>
    internal static ChunkedRequestSealer Create(OhttpKeyConfig config, HpkeKdf kdfId, HpkeAead aeadId, HpkePrivateKey? ephemeral)
    {
        var context = OhttpEncapsulation.SetupSender(config, kdfId, aeadId, OhttpEncapsulation.ChunkedRequestLabel, ephemeral, out var header, out var enc);
        return new ChunkedRequestSealer(context, header, enc);
    }
}
