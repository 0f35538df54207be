using System.Security.Cryptography;
using Amnion.Enclave.Boot;
using Amnion.Enclave.Time;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Keys;

/// <summary>
/// Receives the data key: challenge → Evidence of a one-time key → the key under it, opened once and compared with the manifest's commitment.
/// A key broker gives a challenge; AWS KMS gives none and is asked with a request of the host's.
/// </summary>
sealed class KeyReception(MeasuredBoot boot, string enclave, EvidenceIssuer issuer, EvidenceClock clock)
{
    /// <summary>Life of a one-time key, milliseconds.</summary>
    public const long LifetimeMs = 2 * 60 * 1000;

    /// <summary>Starts one reception; the result owns the one-time key.</summary>
    /// <exception cref="EnclaveRefusedException">The challenge is malformed, expired or for another key.</exception>
    public KeyAttempt Begin(ReadOnlySpan<byte> challengeJson)
    {
        try
        {
            return CanonicalJson.FormatOf(challengeJson, ReleaseChallenge.MaxLength, ReleaseChallenge.Format) == RecipientRequest.Format
                ? Begin(RecipientRequest.Parse(challengeJson))
                : Begin(ReleaseChallenge.Parse(challengeJson));
        }
        catch (RecordFormatException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.Challenge);
        }
    }

    BrokerAttempt Begin(ReleaseChallenge challenge)
    {
        var now = clock.Refresh();
        if (challenge.Expires <= now)
        {
            throw new EnclaveRefusedException(EnclaveCodes.Challenge);
        }

        CheckKeyId(challenge.KeyId);
        var key = HpkePrivateKey.Generate(HpkeKem.P256);
        return Owning(key, () => new BrokerAttempt(boot, challenge, key, issuer.Issue(Describe(BrokerAttempt.Suite, key.PublicKey.Bytes, now), challenge.Challenge.AsSpan())));
    }

    RecipientAttempt Begin(RecipientRequest request)
    {
        CheckKeyId(request.KeyId);
        var key = RecipientKey.Generate(Suites.Recipients[request.Suite]);

        // Nobody gave a nonce. A fresh one keeps this Evidence apart from what any relying party asks for.
        return Owning(key, () => new RecipientAttempt(boot, request, key, issuer.Issue(Describe(request.Suite, key.PublicKey.Span, clock.Refresh()), RandomNumberGenerator.GetBytes(EvidenceBinding.MaxNonceLength), key.PublicKey)));
    }

    void CheckKeyId(string keyId)
    {
        if (keyId != boot.Manifest.Content.KeyId)
        {
            throw new EnclaveRefusedException(EnclaveCodes.KeyId);
        }
    }

    static T Owning<T>(IDisposable key, Func<T> make)
    {
        try
        {
            return make();
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    Keyset Describe(string suite, ReadOnlySpan<byte> publicKey, long now) => new()
    {
        Purpose = Purpose.Release,
        Enclave = enclave,
        NotBefore = now,
        NotAfter = now + LifetimeMs,
        Sealing = [new SealingKey { Id = 0, Suites = [suite], PublicKey = [.. publicKey] }],
        ReceiptKey = [],
        Model = boot.Manifest.Digest,
        LogHead = boot.LogHead,
    };
}
