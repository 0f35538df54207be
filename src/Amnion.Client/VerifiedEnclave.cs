using Amnion.Attestation;
using Amnion.Records;

namespace Amnion.Client;

/// <summary>An enclave whose Evidence the policy accepted: the only thing a request may be sealed to.</summary>
public sealed class VerifiedEnclave
{
    internal VerifiedEnclave(EvidenceBundle bundle, byte[] nonce, AttestationResult result, SealingKey key, string suite, DateTimeOffset until)
    {
        Bundle = bundle;
        Nonce = nonce;
        Result = result;
        Key = key;
        Suite = suite;
        Until = until;
    }

    /// <summary>The Evidence bundle.</summary>
    public EvidenceBundle Bundle { get; }

    /// <summary>The Attestation Result with every check.</summary>
    public AttestationResult Result { get; }

    /// <summary>The suite requests are sealed with.</summary>
    public string Suite { get; }

    /// <summary>When the client verifies anew, by its own clock; before the keyset ends.</summary>
    public DateTimeOffset Until { get; }

    internal SealingKey Key { get; }

    internal ReadOnlyMemory<byte> Nonce { get; }
}
