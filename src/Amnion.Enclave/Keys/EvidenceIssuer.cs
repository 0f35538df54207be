using Amnion.Enclave.Boot;
using Amnion.Enclave.Nsm;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Time;
using Amnion.Records;

namespace Amnion.Enclave.Keys;

/// <summary>Makes Evidence: one document of the security module for one keyset, one purpose and one nonce of the relying party. Nothing is cached.</summary>
sealed class EvidenceIssuer(SecurityModule module, MeasuredBoot boot, EvidenceClock clock, TelemetryLog telemetry)
{
    /// <summary>The evidence bundle as JSON.</summary>
    /// <exception cref="EnclaveRefusedException">The nonce's length, or the security module.</exception>
    /// <param name="keyset">What the document binds.</param>
    /// <param name="nonce">The relying party's.</param>
    /// <param name="publicKey">What the document's public_key says, for AWS KMS; null for nothing.</param>
    public byte[] Issue(Keyset keyset, ReadOnlySpan<byte> nonce, ReadOnlyMemory<byte>? publicKey = null)
    {
        if (nonce.Length is < EvidenceBinding.MinNonceLength or > EvidenceBinding.MaxNonceLength)
        {
            throw new EnclaveRefusedException(EnclaveCodes.EvidenceRequest);
        }

        var binding = EvidenceBinding.Compute(keyset.Purpose, keyset.ComputeDigest(), nonce, boot.LogHead);
        var document = module.Attest(binding, nonce, publicKey);
        clock.Anchor(document.Timestamp.ToUnixTimeMilliseconds());
        telemetry.Count(TelemetryCounter.Evidence);
        return new EvidenceBundle
        {
            Platform = module.Platform,
            Evidence = [.. document.Bytes],
            Keyset = keyset,
            RegisterLog = boot.Log,
            Preimages = boot.Preimages,
        }.ToJson();
    }
}
