using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Client;

/// <summary>One sealed request and what opens its answer.</summary>
sealed class SealedExchange : IDisposable
{
    SealedExchange(byte[] request, ChunkedResponseOpener opener, string id)
    {
        Request = request;
        Opener = opener;
        Id = id;
        RequestDigest = Digest.Sha256(request);
    }

    /// <summary>The encapsulated request: header and chunks.</summary>
    public byte[] Request { get; }

    /// <summary>SHA-256 over it, as the receipt must say.</summary>
    public Digest RequestDigest { get; }

    public ChunkedResponseOpener Opener { get; }

    /// <summary>The receipt's identifier.</summary>
    public string Id { get; }

    /// <summary>Seals a binary HTTP request to the enclave's key.</summary>
    /// <exception cref="AmnionClientException">It is larger than an enclave accepts.</exception>
    public static SealedExchange Seal(VerifiedEnclave enclave, ReadOnlySpan<byte> plain)
    {
        var (kem, kdf, aead) = Suites.Identifiers[enclave.Suite];
        var key = HpkePublicKey.Import((HpkeKem)kem, enclave.Key.PublicKey.AsSpan());
        var config = new OhttpKeyConfig(enclave.Key.Id, key, [new OhttpSymmetricSuite((HpkeKdf)kdf, (HpkeAead)aead)]);
        using var sealer = ChunkedRequestSealer.Create(config, (HpkeKdf)kdf, (HpkeAead)aead);
        byte[] request = [.. sealer.Header, .. sealer.SealMessage(plain)];
        if (request.Length > Records.Frames.FrameLimits.SealedRequest)
        {
            throw new AmnionClientException(ClientCodes.RequestTooLarge, $"The request is {request.Length} bytes sealed; an enclave accepts {Records.Frames.FrameLimits.SealedRequest}.");
        }

        return new SealedExchange(request, sealer.CreateResponseOpener(), Receipt.IdOf(sealer.Header.AsSpan(OhttpLimits.RequestHeaderPrefix)));
    }

    public void Dispose() => Opener.Dispose();
}
