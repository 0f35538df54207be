using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Amnion.Host;

/// <summary>
/// One object read from its first byte to its last over as many connections as it takes. It holds no bytes itself. Its end is reached after
/// exactly the expected length, and only there.
/// </summary>
sealed class ResumingStream(WeightsRequest request, WeightsTransferOptions options, TimeProvider time, ILogger logger) : Stream
{
    /// <summary>Bytes read over at a time where a server knows no ranges.</summary>
    const int SkipPiece = 64 * 1024;

    readonly TransferAttempts _attempts = new(request.Description, request.Length, options);
    ObjectBody? _body;
    ObjectVersion? _version;
    long _offset;
    bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => request.Length;

    public override long Position
    {
        get => _offset;
        set => throw new NotSupportedException();
    }

    /// <summary>Sends the first request, so that an object that is not there is found before anything depends on it.</summary>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        while (_body is null)
        {
            try
            {
                await ConnectAsync(cancellation).ConfigureAwait(false);
            }
            catch (WeightsInterruptedException e)
            {
                await PauseAsync(e, cancellation).ConfigureAwait(false);
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && buffer.Length > 0)
        {
            try
            {
                await ConnectAsync(cancellationToken).ConfigureAwait(false);
                var left = request.Length - _offset;
                var read = await TimedReadAsync(left == 0 ? new byte[1] : buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken).ConfigureAwait(false);
                if (left == 0)
                {
                    _ended = read == 0 ? true : throw Wrong("has more bytes than");
                    break;
                }

                if (read > 0)
                {
                    _offset += read;
                    _attempts.Arrived(_offset);
                    return read;
                }

                throw _body!.EndIsCertain
                    ? Wrong(string.Create(CultureInfo.InvariantCulture, $"ended after {_offset} bytes, fewer than"))
                    : (Exception)new WeightsInterruptedException("the connection ended");
            }
            catch (WeightsInterruptedException) when (_offset == request.Length)
            {
                // All bytes came; only the mark of their end did not.
                _ended = true;
            }
            catch (WeightsInterruptedException e)
            {
                await PauseAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Weights are read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override async ValueTask DisposeAsync()
    {
        await DropAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    async ValueTask ConnectAsync(CancellationToken cancellation)
    {
        if (_body is not null)
        {
            return;
        }

        // As long as nothing was handed on, any version of the object may begin.
        var body = await request.SendAsync(_offset, _offset == 0 ? null : _version, cancellation).ConfigureAwait(false);
        _version = body.Version;
        _body = body;
        if (body.Skip > 0)
        {
            var piece = new byte[SkipPiece];
            for (var left = body.Skip; left > 0;)
            {
                var read = await TimedReadAsync(piece.AsMemory(0, (int)Math.Min(piece.Length, left)), cancellation).ConfigureAwait(false);
                left -= read > 0 ? read : throw new WeightsInterruptedException("the connection ended");
            }
        }
    }

    async ValueTask<int> TimedReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.ReadLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await _body!.Content.ReadAsync(buffer, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new WeightsInterruptedException(string.Create(CultureInfo.InvariantCulture, $"no byte came for {options.ReadLimit.TotalSeconds:0} seconds"), null, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new WeightsInterruptedException("the connection broke", null, e);
        }
    }

    async Task PauseAsync(WeightsInterruptedException reason, CancellationToken cancellation)
    {
        await DropAsync().ConfigureAwait(false);
        if (_offset > 0 && _version is not { IsStrong: true })
        {
            throw new WeightsException(HostCodes.WeightsUnreachable, $"{request.Description} broke off after {_offset} of {request.Length} bytes ({reason.Message}), and its server gives no strong entity tag or date by which to go on with the same object.", reason);
        }

        var pause = _attempts.NextPause(reason, RandomNumberGenerator.GetInt32);
        Log.WeightsInterrupted(logger, request.Description, _offset, request.Length, reason.Message, (long)pause.TotalMilliseconds);
        await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
    }

    async ValueTask DropAsync()
    {
        var body = _body;
        _body = null;
        if (body is not null)
        {
            await body.DisposeAsync().ConfigureAwait(false);
        }
    }

    WeightsException Wrong(string what) => new(HostCodes.WeightsLength, $"{request.Description} {what} the {request.Length} that the manifest expects.");
}
