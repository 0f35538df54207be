using System.Security.Cryptography;
using Amnion.Enclave.Boot;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Keys;

/// <summary>A key broker's challenge: the answer is sealed with HPKE to the one-time key, for this challenge, broker and manifest.</summary>
sealed class BrokerAttempt(MeasuredBoot boot, ReleaseChallenge challenge, HpkePrivateKey key, byte[] evidence) : KeyAttempt(boot, challenge.KeyId, key, evidence)
{
    /// <summary>The one suite offered.</summary>
    public const string Suite = Suites.P256Aes256Gcm;

    protected override SecretBytes Open(ReadOnlySpan<byte> answerJson)
    {
        var wrapped = Parse(answerJson, WrappedKey.Parse, answer => answer.KeyId);
        if (wrapped.Suite != Suite)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WrapSuite);
        }

        try
        {
            return Hpke.OpenSecret(HpkeSuite.P256Sha256Aes256Gcm, key, wrapped.Enc.AsSpan(), challenge.WrapInfo(Boot.Manifest.Digest), [], wrapped.Ciphertext.AsSpan());
        }
        catch (CryptographicException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WrappedKeyOpen);
        }
    }
}
