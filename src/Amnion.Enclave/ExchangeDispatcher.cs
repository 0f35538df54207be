using System.Text;
using Amnion.Enclave.Telemetry;
using Amnion.Records.Frames;
using Amnion.Records.Telemetry;

namespace Amnion.Enclave;

/// <summary>Serves one exchange: its first frame says which, and every further frame must be the one that exchange expects.</summary>
sealed class ExchangeDispatcher(BootGate gate, TelemetryLog telemetry)
{
    const byte ServePurpose = 0;

    /// <summary>Counts a refused exchange.</summary>
    public void Count(string code)
    {
        telemetry.Count(code == EnclaveCodes.Internal ? TelemetryCounter.Failures : TelemetryCounter.Refused);
        telemetry.Add(TelemetryKind.Refused, code == EnclaveCodes.Internal ? TelemetryOutcome.Failed : TelemetryOutcome.Refused, TelemetryEvent.NoCorrelation, 0);
    }

    /// <summary>Serves an exchange to its end.</summary>
    /// <exception cref="EnclaveRefusedException">The exchange is refused.</exception>
    /// <exception cref="FrameFormatException">The peer's bytes are no frames.</exception>
    public async Task ServeAsync(FrameStream frames, ExchangeLimit limit)
    {
        if (await frames.ReadAsync(limit.Token).ConfigureAwait(false) is not { } first)
        {
            return;
        }

        switch (first.Type)
        {
            case FrameType.TelemetryRequest:
                await frames.WriteAsync(FrameType.Telemetry, telemetry.Drain(gate.State, gate.WorkersReplaced), limit.Token).ConfigureAwait(false);
                break;
            case FrameType.Boot:
                await frames.WriteAsync(FrameType.Booted, gate.Boot(first.Payload.Span), limit.Token).ConfigureAwait(false);
                break;
            case FrameType.EvidenceRequest:
                await frames.WriteAsync(FrameType.Evidence, Evidence(first.Payload.Span), limit.Token).ConfigureAwait(false);
                break;
            case FrameType.KeyChallenge:
                await ReceiveKeyAsync(frames, first, limit).ConfigureAwait(false);
                break;
            case FrameType.WeightsFile:
                await ReceiveWeightsAsync(frames, first, limit).ConfigureAwait(false);
                break;
            case FrameType.Configuration:
                gate.Enclave.Configuration.Accept(first.Payload.Span);
                await frames.WriteAsync(FrameType.Done, default, limit.Token).ConfigureAwait(false);
                break;
            case FrameType.RequestData:
                var endpoint = gate.Enclave.Endpoint;
                limit.Set(ExchangeLimit.SealedExchange);
                await endpoint.ServeAsync(frames, first, limit.Token).ConfigureAwait(false);
                break;
            default:
                throw new EnclaveRefusedException(EnclaveCodes.Frame);
        }
    }

    byte[] Evidence(ReadOnlySpan<byte> request)
    {
        var enclave = gate.Enclave;
        return request.Length > 0 && request[0] == ServePurpose
            ? enclave.Evidence.Issue(enclave.CurrentKeyset, request[1..])
            : throw new EnclaveRefusedException(EnclaveCodes.EvidenceRequest);
    }

    async Task ReceiveKeyAsync(FrameStream frames, Frame first, ExchangeLimit limit)
    {
        var enclave = gate.Enclave;
        enclave.Model.CheckKeyWanted();
        using var attempt = enclave.Keys.Begin(first.Payload.Span);
        limit.Set(ExchangeLimit.KeyRelease);
        await frames.WriteAsync(FrameType.Evidence, attempt.Evidence, limit.Token).ConfigureAwait(false);
        if (await frames.ReadAsync(limit.Token).ConfigureAwait(false) is not { Type: FrameType.WrappedKey } wrapped)
        {
            throw new EnclaveRefusedException(EnclaveCodes.Frame);
        }

        var released = false;
        try
        {
            enclave.Model.TakeKey(attempt.Accept(wrapped.Payload.Span));
            released = true;
        }
        finally
        {
            telemetry.Add(TelemetryKind.Release, released ? TelemetryOutcome.Ok : TelemetryOutcome.Refused, TelemetryEvent.NoCorrelation, released ? 1 : 0);
        }

        await frames.WriteAsync(FrameType.Done, default, limit.Token).ConfigureAwait(false);
    }

    async Task ReceiveWeightsAsync(FrameStream frames, Frame first, ExchangeLimit limit)
    {
        var enclave = gate.Enclave;
        var path = Encoding.UTF8.GetString(first.Payload.Span);
        limit.Set(ExchangeLimit.Weights);
        await enclave.Model.ReceiveAsync(path, NextPieceAsync, limit.Token).ConfigureAwait(false);
        await frames.WriteAsync(FrameType.Done, default, limit.Token).ConfigureAwait(false);

        async ValueTask<ReadOnlyMemory<byte>?> NextPieceAsync(CancellationToken cancellation) =>
            await frames.ReadAsync(cancellation).ConfigureAwait(false) switch
            {
                { Type: FrameType.WeightsData } piece => piece.Payload,
                // Typed: a bare null would become an empty piece, since null converts to ReadOnlyMemory<byte> through byte[].
                { Type: FrameType.WeightsEnd } => (ReadOnlyMemory<byte>?)null,
                _ => throw new EnclaveRefusedException(EnclaveCodes.Frame),
            };
    }
}
