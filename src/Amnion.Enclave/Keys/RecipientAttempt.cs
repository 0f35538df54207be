using Amnion.Enclave.Boot;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Keys;

/// <summary>A request for AWS KMS: the answer is CMS to the one-time RSA key. CMS authenticates nothing, so the manifest's commitment alone says that it is the data key.</summary>
sealed class RecipientAttempt(MeasuredBoot boot, RecipientRequest request, RecipientKey key, byte[] evidence) : KeyAttempt(boot, request.KeyId, key, evidence)
{
    protected override SecretBytes Open(ReadOnlySpan<byte> answerJson)
    {
        var enveloped = Parse(answerJson, EnvelopedKey.Parse, answer => answer.KeyId);
        try
        {
            return key.Open(enveloped.Envelope.AsSpan(), SealedStreamFormat.KeyLength);
        }
        catch (SealedMessageException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WrappedKeyOpen);
        }
    }
}
