using System.Security.Cryptography;
using Amnion.Enclave.Boot;
using Amnion.Enclave.Time;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Keys;

/// <summary>Receives the data key: challenge → Evidence of a one-time key → wrapped key, opened once and compared with the manifest's commitment.</summary>
sealed class KeyReception(MeasuredBoot boot, string enclave, EvidenceIssuer issuer, EvidenceClock clock)
{
    /// <summary>Life of a one-time key, milliseconds.</summary>
    public const long LifetimeMs = 2 * 60 * 1000;

    const string Suite = Suites.P256Aes256Gcm;

    /// <summary>Starts one reception; the result owns the one-time key.</summary>
    /// <exception cref="EnclaveRefusedException">The challenge is malformed, expired or for another key.</exception>
    public Attempt Begin(ReadOnlySpan<byte> challengeJson)
    {
        ReleaseChallenge challenge;
        try
        {
            challenge = ReleaseChallenge.Parse(challengeJson);
        }
        catch (RecordFormatException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.Challenge);
        }

        var now = clock.Refresh();
        if (challenge.Expires <= now)
        {
            throw new EnclaveRefusedException(EnclaveCodes.Challenge);
        }

        if (challenge.KeyId != boot.Manifest.Content.KeyId)
        {
            throw new EnclaveRefusedException(EnclaveCodes.KeyId);
        }

        var key = HpkePrivateKey.Generate(HpkeKem.P256);
        try
        {
            return new Attempt(boot, challenge, key, issuer.Issue(Describe(key, now), challenge.Challenge.AsSpan()));
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    Keyset Describe(HpkePrivateKey key, long now) => new()
    {
        Purpose = Purpose.Release,
        Enclave = enclave,
        NotBefore = now,
        NotAfter = now + LifetimeMs,
        Sealing = [new SealingKey { Id = 0, Suites = [Suite], PublicKey = [.. key.PublicKey.Bytes] }],
        ReceiptKey = [],
        Model = boot.Manifest.Digest,
        LogHead = boot.LogHead,
    };

    /// <summary>One challenge with its one-time key.</summary>
    public sealed class Attempt(MeasuredBoot boot, ReleaseChallenge challenge, HpkePrivateKey key, byte[] evidence) : IDisposable
    {
        /// <summary>The evidence bundle for the broker.</summary>
        public ReadOnlyMemory<byte> Evidence => evidence;

        /// <summary>Opens the wrapped key. The one-time key is erased whether it opens or not.</summary>
        /// <exception cref="EnclaveRefusedException">Malformed, another key, altered, or not the key committed to.</exception>
        public SecretBytes Accept(ReadOnlySpan<byte> wrappedKeyJson)
        {
            using (key)
            {
                var dataKey = Open(Parse(wrappedKeyJson));
                if (boot.Manifest.IsCommittedTo(dataKey))
                {
                    return dataKey;
                }

                dataKey.Dispose();
                throw new EnclaveRefusedException(EnclaveCodes.KeyCommitment);
            }
        }

        public void Dispose() => key.Dispose();

        WrappedKey Parse(ReadOnlySpan<byte> json)
        {
            WrappedKey wrapped;
            try
            {
                wrapped = WrappedKey.Parse(json);
            }
            catch (RecordFormatException)
            {
                throw new EnclaveRefusedException(EnclaveCodes.WrappedKeyMalformed);
            }

            if (wrapped.KeyId != challenge.KeyId)
            {
                throw new EnclaveRefusedException(EnclaveCodes.KeyId);
            }

            return wrapped.Suite == Suite ? wrapped : throw new EnclaveRefusedException(EnclaveCodes.WrapSuite);
        }

        SecretBytes Open(WrappedKey wrapped)
        {
            try
            {
                return Hpke.OpenSecret(HpkeSuite.P256Sha256Aes256Gcm, key, wrapped.Enc.AsSpan(), challenge.WrapInfo(boot.Manifest.Digest), [], wrapped.Ciphertext.AsSpan());
            }
            catch (CryptographicException)
            {
                throw new EnclaveRefusedException(EnclaveCodes.WrappedKeyOpen);
            }
        }
    }
}
