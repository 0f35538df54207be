using Amnion.Attestation;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>Seals a data key to an enclave's one-time key: HPKE base mode, RFC 9180 §6.1.</summary>
static class KeyWrap
{
    /// <summary>The first suite of the policy that the key offers and this machine has; null where there is none.</summary>
    public static string? SelectSuite(AppraisalPolicy policy, SealingKey key) =>
        policy.Suites.FirstOrDefault(suite => key.Suites.Contains(suite) && Suites.Identifiers.ContainsKey(suite) && SuiteOf(suite).IsSupported);

    /// <summary>The recipient's key, checked to be one of the suite's KEM; null where it is not.</summary>
    public static HpkePublicKey? TryImport(string suite, SealingKey key)
    {
        try
        {
            return HpkePublicKey.Import(SuiteOf(suite).KemId, key.PublicKey.AsSpan());
        }
        catch (HpkeKeyFormatException)
        {
            return null;
        }
    }

    /// <summary>Seals; the info names challenge, key, broker and manifest, so that the result opens for nothing else.</summary>
    /// <exception cref="SealedMessageException">The public key agrees on nothing (an X25519 point of small order).</exception>
    public static WrappedKey Seal(SecretBytes dataKey, string suite, HpkePublicKey recipient, ReleaseChallenge challenge, Digest manifest)
    {
        var ciphertext = Hpke.Seal(SuiteOf(suite), recipient, challenge.WrapInfo(manifest), [], dataKey.Reveal(SecretAccess.Wrapping), out var enc);
        return new WrappedKey
        {
            KeyId = challenge.KeyId,
            Suite = suite,
            Enc = [.. enc],
            Ciphertext = [.. ciphertext],
        };
    }

    static HpkeSuite SuiteOf(string name)
    {
        var (kem, kdf, aead) = Suites.Identifiers[name];
        return new HpkeSuite((HpkeKem)kem, (HpkeKdf)kdf, (HpkeAead)aead);
    }
}
