using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Enclave.Api;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Sealing;

namespace Amnion.Enclave.Endpoint;

/// <summary>
/// Sends one answer: binary HTTP of indeterminate length in sealed chunks, each padded to a bucket, and in the last chunk the signed
/// receipt as trailer. The receipt's digest is over every sealed byte sent before that chunk.
/// </summary>
sealed class SealedAnswer(FrameStream frames, SealedRequest request, Func<ReceiptEvent, TokenUsage, ImmutableArray<ReceiptVerdict>, Receipt> describe, CancellationToken cancellation) : IDisposable
{
    /// <summary>The trailer that carries the receipt, base64url of its JSON.</summary>
    public const string ReceiptField = "amnion-receipt";

    readonly BinaryHttpResponseWriter _http = new();
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    byte[] _pending = [];
    bool _nonceSent;
    long _sent;

    /// <summary>True once a status is chosen; it cannot be changed any more.</summary>
    public bool HasHead { get; private set; }

    /// <summary>The status sent, or 0.</summary>
    public int Status { get; private set; }

    /// <summary>What the guard found, for the receipt.</summary>
    public ImmutableArray<ReceiptVerdict> Verdicts { get; set; } = [];

    /// <summary>Chooses status and headers; they go out with the first content.</summary>
    public void Head(int status, params ReadOnlySpan<HttpField> headers)
    {
        ImmutableArray<HttpField> all = [.. headers, ("cache-control", "no-store"), ("x-request-id", request.Id)];
        _pending = _http.WriteHead(status, all);
        HasHead = true;
        Status = status;
    }

    /// <summary>Sends the events in the buffer, padded, and clears it.</summary>
    public async ValueTask EventsAsync(AnswerBuffer buffer)
    {
        if (buffer.Length > 0)
        {
            await ContentAsync(buffer, AnswerPadding.PadEvents).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a JSON body, padded, and clears the buffer.</summary>
    public ValueTask JsonAsync(AnswerBuffer buffer) => ContentAsync(buffer, AnswerPadding.PadJson);

    /// <summary>Sends the receipt and ends the answer.</summary>
    public async ValueTask EndAsync(TokenUsage usage)
    {
        if (_pending.Length > 0)
        {
            await SendAsync(request.Sealer.SealChunk(TakePending([]), final: false)).ConfigureAwait(false);
        }

        var returned = new ReceiptEvent(Receipt.ResponseReturned, Digest.FromBytes(_hash.GetCurrentHash()), _sent);
        var receipt = request.Keyset.Sign(describe(returned, usage, Verdicts));
        var end = _http.WriteEnd([(ReceiptField, Base64Url.EncodeToString(receipt.ToJson()))]);
        await SendAsync(request.Sealer.SealChunk(end, final: true)).ConfigureAwait(false);
        await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation).ConfigureAwait(false);
    }

    public void Dispose() => _hash.Dispose();

    async ValueTask ContentAsync(AnswerBuffer buffer, Action<AnswerBuffer, int> pad)
    {
        // Whole pieces first; only the last one needs padding.
        var whole = buffer.Length / AnswerPadding.MaxContent * AnswerPadding.MaxContent;
        if (whole == buffer.Length && whole > 0)
        {
            whole -= AnswerPadding.MaxContent;
        }

        for (var offset = 0; offset < whole; offset += AnswerPadding.MaxContent)
        {
            await SendContentAsync(buffer.Written.Slice(offset, AnswerPadding.MaxContent)).ConfigureAwait(false);
        }

        buffer.RemoveFirst(whole);
        pad(buffer, _pending.Length);
        await SendContentAsync(buffer.Written).ConfigureAwait(false);
        buffer.Clear();
    }

    async ValueTask SendContentAsync(ReadOnlyMemory<byte> content)
    {
        var piece = TakePending(_http.WriteContent(content.Span));
        var chunk = request.Sealer.SealChunk(piece, final: false);
        CryptographicOperations.ZeroMemory(piece);
        await SendAsync(chunk).ConfigureAwait(false);
    }

    byte[] TakePending(byte[] after)
    {
        if (_pending.Length == 0)
        {
            return after;
        }

        byte[] joined = [.. _pending, .. after];
        _pending = [];
        return joined;
    }

    async ValueTask SendAsync(byte[] chunk)
    {
        var bytes = _nonceSent ? chunk : [.. request.Sealer.Nonce, .. chunk];
        _nonceSent = true;
        _hash.AppendData(bytes);
        _sent += bytes.Length;
        for (var offset = 0; offset < bytes.Length; offset += FrameLimits.SealedData)
        {
            var piece = bytes.AsMemory(offset, Math.Min(FrameLimits.SealedData, bytes.Length - offset));
            await frames.WriteAsync(FrameType.ResponseData, piece, cancellation).ConfigureAwait(false);
        }
    }
}
