using System.Security.Cryptography;
using Amnion.Enclave.Keys;
using Amnion.Enclave.Time;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Endpoint;

/// <summary>
/// Opens sealed requests: key id → live key, suite as offered, encapsulated key remembered before anything is done with it, then
/// decapsulation. Whatever fails here is answered with a code, since there is no seal to answer inside of.
/// </summary>
sealed class RequestOpener(KeysetRing ring, EvidenceClock clock)
{
    /// <summary>Opens a whole request.</summary>
    /// <exception cref="EnclaveRefusedException">It does not open; the code says what the caller can do.</exception>
    public SealedRequest Open(ReadOnlySpan<byte> sealedRequest)
    {
        if (!OhttpRequestHeader.TryParse(sealedRequest, out var header, out var consumed))
        {
            throw new EnclaveRefusedException(EnclaveCodes.RequestMalformed);
        }

        if (ring.Hold(header.KeyId) is not var (keyset, key))
        {
            throw new EnclaveRefusedException(EnclaveCodes.KeyUnknown);
        }

        try
        {
            Check(header, keyset, key);
            return Open(sealedRequest, header, consumed, keyset, key);
        }
        catch
        {
            keyset.Release();
            throw;
        }
    }

    void Check(OhttpRequestHeader header, ServeKeyset keyset, ServeKey key)
    {
        if (!key.Offers(header.Suite))
        {
            throw new EnclaveRefusedException(EnclaveCodes.SuiteNotOffered);
        }

        switch (key.Replays.Add(header.Enc))
        {
            case ReplayOutcome.Replayed:
                throw new EnclaveRefusedException(EnclaveCodes.Replayed);
            case ReplayOutcome.Full:
                ring.Retire(keyset);
                throw new EnclaveRefusedException(EnclaveCodes.ReplayMemoryFull);
            case ReplayOutcome.Added:
                return;
        }
    }

    SealedRequest Open(ReadOnlySpan<byte> sealedRequest, OhttpRequestHeader header, int consumed, ServeKeyset keyset, ServeKey key)
    {
        try
        {
            using var opener = ChunkedRequestOpener.Open(header, key.Private);
            opener.Push(sealedRequest[consumed..]);
            opener.Complete();
            return new SealedRequest
            {
                Keyset = keyset,
                Id = Receipt.IdOf(header.Enc),
                Received = new ReceiptEvent(Receipt.RequestReceived, Digest.Sha256(sealedRequest), sealedRequest.Length),
                Time = clock.Now,
                Plaintext = ReadAll(opener, sealedRequest.Length),
                Sealer = opener.CreateResponseSealer(),
            };
        }
        catch (SealedMessageException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.RequestOpen);
        }
        catch (ObjectDisposedException)
        {
            // The keyset ended between the look-up and the decapsulation.
            throw new EnclaveRefusedException(EnclaveCodes.KeyUnknown);
        }
    }

    static byte[] ReadAll(ChunkedRequestOpener opener, int capacity)
    {
        var plaintext = new byte[capacity];
        var length = 0;
        while (opener.TryReadChunk(out var chunk, out _))
        {
            chunk.CopyTo(plaintext, length);
            length += chunk.Length;
            CryptographicOperations.ZeroMemory(chunk);
        }

        var exact = plaintext.AsSpan(0, length).ToArray();
        CryptographicOperations.ZeroMemory(plaintext);
        return exact;
    }
}
