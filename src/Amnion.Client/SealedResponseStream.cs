using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using Amnion.Records;
using Amnion.Records.Telemetry;
using Amnion.Sealing;

namespace Amnion.Client;

/// <summary>
/// The content of a sealed answer as it arrives. Every byte read from here was authenticated. The end is reported only after the final
/// chunk opened and the receipt verified; anything else is an <see cref="AmnionClientException"/>.
/// </summary>
sealed class SealedResponseStream : Stream
{
    // max(Nk, Nn) of every suite offered (RFC 9458 §4.4).
    const int ResponseNonceLength = 32;
    const string ReceiptField = "amnion-receipt";

    static ReadOnlySpan<byte> LastEvent => "data: [DONE]\n\n"u8;

    readonly Stream _wire;
    readonly HttpResponseMessage _relayed;
    readonly SealedExchange _exchange;
    readonly VerifiedEnclave _enclave;
    readonly AmnionClientOptions _options;
    readonly long _started;
    readonly BinaryHttpResponseReader _reader = new(long.MaxValue);
    readonly SealedAnswerMeter _meter = new(ResponseNonceLength);
    readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
    SseCommentFilter? _comments;
    ReadOnlyMemory<byte> _content;
    ImmutableArray<HttpField> _trailers = [];
    bool _wireEnded;
    bool _ended;
    bool _disposed;

    public SealedResponseStream(Stream wire, HttpResponseMessage relayed, SealedExchange exchange, VerifiedEnclave enclave, AmnionClientOptions options, long started)
    {
        _wire = wire;
        _relayed = relayed;
        _exchange = exchange;
        _enclave = enclave;
        _options = options;
        _started = started;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Status and headers; call once, first.</summary>
    public async Task<SealedResponseHead> ReadHeadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            switch (await NextAsync(cancellation).ConfigureAwait(false))
            {
                case BinaryHttpEvent.Head head:
                    if (head.Headers.Any(field => field.Name == "content-type" && field.Value.StartsWith("text/event-stream", StringComparison.Ordinal)))
                    {
                        _comments = new SseCommentFilter();
                    }

                    return new SealedResponseHead(head.Status, [.. head.Headers.Select(field => (field.Name, field.Value))], _exchange.Id);
                case BinaryHttpEvent.Informational:
                    continue;
                default:
                    throw Refused();
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_content.IsEmpty && !_ended)
        {
            switch (await NextAsync(cancellationToken).ConfigureAwait(false))
            {
                case BinaryHttpEvent.Content content:
                    _content = Filter(content.Bytes);
                    if (_comments is not null && _content.Span.EndsWith(LastEvent))
                    {
                        await EndAsync(cancellationToken).ConfigureAwait(false);
                    }

                    break;
                case BinaryHttpEvent.Trailers trailers:
                    _trailers = trailers.Fields;
                    break;
                case BinaryHttpEvent.End:
                    End();
                    break;
                default:
                    throw Refused();
            }
        }

        var count = Math.Min(buffer.Length, _content.Length);
        _content[..count].CopyTo(buffer);
        _content = _content[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // StreamContent and the OpenAI package read asynchronously; a synchronous caller waits for the same bytes.
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            Report(_ended ? TelemetryOutcome.Ok : TelemetryOutcome.Cancelled);
            _wire.Dispose();
            _relayed.Dispose();
            _exchange.Dispose();
            _meter.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        }

        base.Dispose(disposing);
    }

    // Clients stop reading at this event: it is given to them only once the end is authenticated and the receipt verified.
    async ValueTask EndAsync(CancellationToken cancellation)
    {
        while (!_ended)
        {
            switch (await NextAsync(cancellation).ConfigureAwait(false))
            {
                case BinaryHttpEvent.Content content:
                    // Padding, which leaves nothing; whatever else it is follows in its order.
                    _content = (byte[])[.. _content.Span, .. Filter(content.Bytes).Span];
                    break;
                case BinaryHttpEvent.Trailers trailers:
                    _trailers = trailers.Fields;
                    break;
                case BinaryHttpEvent.End:
                    End();
                    break;
                default:
                    throw Refused();
            }
        }
    }

    void End()
    {
        VerifyReceipt();
        _ended = true;
    }

    async ValueTask<BinaryHttpEvent> NextAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                if (_reader.TryRead(out var next))
                {
                    return next;
                }

                if (_exchange.Opener.TryReadChunk(out var plaintext, out var final))
                {
                    _reader.Push(plaintext);
                    if (final)
                    {
                        _reader.Complete();
                    }
                }
                else if (_wireEnded)
                {
                    throw Truncated();
                }
                else
                {
                    await ReceiveAsync(cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (SealedMessageException e)
        {
            throw _meter.FinalSeen || !_wireEnded ? Refused(e) : Truncated(e);
        }
        catch (BinaryHttpFormatException e)
        {
            throw Refused(e);
        }
    }

    async ValueTask ReceiveAsync(CancellationToken cancellation)
    {
        int read;
        try
        {
            read = await _wire.ReadAsync(_buffer, cancellation).ConfigureAwait(false);
        }
        catch (IOException e) when (e is not AmnionClientException)
        {
            _wireEnded = true;
            throw Truncated(e);
        }

        if (read == 0)
        {
            _wireEnded = true;
            _exchange.Opener.Complete();
            return;
        }

        _meter.Push(_buffer.AsSpan(0, read));
        _exchange.Opener.Push(_buffer.AsSpan(0, read));
    }

    ReadOnlyMemory<byte> Filter(ReadOnlyMemory<byte> content)
    {
        if (_comments is null)
        {
            return content;
        }

        var copy = content.ToArray();
        return copy.AsMemory(0, _comments.Filter(copy));
    }

    void VerifyReceipt()
    {
        SignedReceipt signed;
        try
        {
            var text = _trailers.FirstOrDefault(field => field.Name == ReceiptField).Value ?? throw NoReceipt("it is missing");
            signed = SignedReceipt.Parse(Base64Url.DecodeFromChars(text));
        }
        catch (FormatException)
        {
            throw NoReceipt("it cannot be read");
        }

        var receipt = signed.Receipt;
        var keyset = _enclave.Bundle.Keyset;
        var problem = receipt switch
        {
            _ when !signed.Verify(keyset.ReceiptKey.AsSpan()) => "its signature is not the verified enclave's",
            _ when receipt.Id != _exchange.Id => "it is for another exchange",
            _ when receipt.Keyset != keyset.ComputeDigest() || receipt.LogHead != keyset.LogHead || receipt.Model != keyset.Model => "it names another enclave or model",
            _ when receipt.Emulated != _enclave.Result.Emulated => "it hides or claims emulation",
            _ when !Has(receipt, Receipt.RequestReceived, _exchange.RequestDigest, _exchange.Request.Length) => "it is for another request",
            _ when !Has(receipt, Receipt.ResponseReturned, _meter.ComputeDigest(), _meter.Length) => "it is for another answer",
            _ => null,
        };
        if (problem is not null)
        {
            throw NoReceipt(problem);
        }

        _options.OnReceipt?.Invoke(new ReceiptFile { Signed = signed, Evidence = _enclave.Bundle, Nonce = [.. _enclave.Nonce.Span] });
    }

    static bool Has(Receipt receipt, string type, Digest digest, long length) =>
        receipt.Events.Count(entry => entry.Type == type) == 1 && receipt.Events.Any(entry => entry.Type == type && entry.Digest == digest && entry.Length == length);

    void Report(TelemetryOutcome outcome) => _options.OnTelemetry?.Invoke(
        new TelemetryEvent(Hop.Proxy, TelemetryKind.Exchange, outcome, _exchange.Id, TelemetryEvent.Bucket(_options.Time.GetElapsedTime(_started))));

    static AmnionClientException NoReceipt(string why) => new(ClientCodes.ReceiptRefused, $"The answer's receipt is refused: {why}. Do not rely on the answer.");

    static AmnionClientException Truncated(Exception? inner = null) =>
        new(ClientCodes.AnswerTruncated, "The sealed answer ended before its authenticated end. What was read is authentic and incomplete; ask again.", inner: inner);

    static AmnionClientException Refused(Exception? inner = null) =>
        new(ClientCodes.AnswerRefused, "The sealed answer does not open: it was changed, reordered, or belongs to another request.", inner: inner);
}
