using Amnion.Enclave.Boot;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Keys;

/// <summary>One request for the data key with the one-time key that was made for it, which opens one answer at most.</summary>
abstract class KeyAttempt(MeasuredBoot boot, string keyId, IDisposable oneTimeKey, byte[] evidence) : IDisposable
{
    /// <summary>The evidence bundle for the key's source.</summary>
    public ReadOnlyMemory<byte> Evidence => evidence;

    /// <summary>The measured boot.</summary>
    protected MeasuredBoot Boot => boot;

    /// <summary>Opens the answer. The one-time key is erased whether it opens or not.</summary>
    /// <exception cref="EnclaveRefusedException">Malformed, another key, altered, or not the key committed to.</exception>
    public SecretBytes Accept(ReadOnlySpan<byte> answerJson)
    {
        using (oneTimeKey)
        {
            var dataKey = Open(answerJson);
            if (boot.Manifest.IsCommittedTo(dataKey))
            {
                return dataKey;
            }

            dataKey.Dispose();
            throw new EnclaveRefusedException(EnclaveCodes.KeyCommitment);
        }
    }

    public void Dispose() => oneTimeKey.Dispose();

    /// <summary>Opens the answer, which may hold any key.</summary>
    protected abstract SecretBytes Open(ReadOnlySpan<byte> answerJson);

    /// <summary>Parses an answer, and refuses one for another data key than was asked for.</summary>
    protected T Parse<T>(ReadOnlySpan<byte> json, RecordParser<T> parse, Func<T, string> keyIdOf)
    {
        T answer;
        try
        {
            answer = parse(json);
        }
        catch (RecordFormatException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.WrappedKeyMalformed);
        }

        return keyIdOf(answer) == keyId ? answer : throw new EnclaveRefusedException(EnclaveCodes.KeyId);
    }

    /// <summary>Reads a record.</summary>
    protected delegate T RecordParser<out T>(ReadOnlySpan<byte> json);
}
