using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

/// <summary>A caller: fetches Evidence, seals requests to its keyset and opens the answers.</summary>
sealed class SealedCaller(TestEnclave enclave, EvidenceBundle bundle)
{
    public EvidenceBundle Bundle => bundle;

    public static async Task<SealedCaller> CreateAsync(TestEnclave enclave) => new(enclave, await enclave.EvidenceAsync(RandomNumberGenerator.GetBytes(32)));

    public static BinaryHttpRequest Post(string path, string json, string? apiKey = TestEnclave.ApiKey) => new()
    {
        Method = "POST",
        Path = path,
        Headers = [("content-type", "application/json"), .. Authorization(apiKey)],
        Content = Encoding.UTF8.GetBytes(json),
    };

    public static BinaryHttpRequest Get(string path, string? apiKey = TestEnclave.ApiKey) => new() { Method = "GET", Path = path, Headers = [.. Authorization(apiKey)] };

    public (byte[] Request, ChunkedResponseOpener Opener) Seal(byte[] plaintext, int keyIndex = 0, byte? keyId = null)
    {
        var key = bundle.Keyset.Sealing[keyIndex];
        var (kem, kdf, aead) = Suites.Identifiers[key.Suites[0]];
        var config = new OhttpKeyConfig(keyId ?? key.Id, HpkePublicKey.Import((HpkeKem)kem, key.PublicKey.AsSpan()), [new OhttpSymmetricSuite((HpkeKdf)kdf, (HpkeAead)aead)]);
        using var sealer = ChunkedRequestSealer.Create(config);
        byte[] request = [.. sealer.Header, .. sealer.SealMessage(plaintext)];
        return (request, sealer.CreateResponseOpener());
    }

    public async Task<SealedReply> SendAsync(BinaryHttpRequest request, int keyIndex = 0)
    {
        var (sealedRequest, opener) = Seal(request.EncodePadded(), keyIndex);
        using (opener)
        {
            return SealedReply.Open(sealedRequest, await RelayAsync(sealedRequest), opener);
        }
    }

    public Task<SealedReply> PostAsync(string path, string json, string? apiKey = TestEnclave.ApiKey) => SendAsync(Post(path, json, apiKey));

    /// <summary>Carries a sealed request in and the sealed answer out, piece by piece as it came.</summary>
    public async Task<ImmutableArray<byte[]>> RelayAsync(byte[] sealedRequest)
    {
        await using var frames = await enclave.ConnectAsync();
        await SendFramesAsync(frames, sealedRequest);
        var pieces = ImmutableArray.CreateBuilder<byte[]>();
        while (true)
        {
            var frame = await frames.ReadAsync(TestEnclave.Cancellation) ?? throw new FrameFormatException("The connection ended.");
            switch (frame.Type)
            {
                case FrameType.ResponseData:
                    pieces.Add(frame.Payload.ToArray());
                    break;
                case FrameType.ResponseEnd:
                    return pieces.ToImmutable();
                case FrameType.Failed:
                    throw new FrameFailedException(Encoding.ASCII.GetString(frame.Payload.Span));
                default:
                    throw new FrameFormatException("Unexpected.");
            }
        }
    }

    public static async Task SendFramesAsync(FrameStream frames, byte[] sealedRequest)
    {
        for (var offset = 0; offset < sealedRequest.Length; offset += FrameLimits.SealedData)
        {
            await frames.WriteAsync(FrameType.RequestData, sealedRequest.AsMemory(offset, Math.Min(FrameLimits.SealedData, sealedRequest.Length - offset)), TestEnclave.Cancellation);
        }

        await frames.WriteAsync(FrameType.RequestEnd, default, TestEnclave.Cancellation);
    }

    static ImmutableArray<HttpField> Authorization(string? apiKey) => apiKey is null ? [] : [("authorization", "Bearer " + apiKey)];
}
