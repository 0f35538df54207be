using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Host.Aws;

/// <summary>
/// AWS KMS as the source of data keys: the host sends the wrapped data key with the enclave's attestation document as Recipient; KMS appraises
/// the document under its key policy and answers with the data key encrypted to the document's public key. The host sees neither key.
/// </summary>
/// <param name="kms">KMS in the key's region.</param>
/// <param name="key">The wrapped data key.</param>
/// <param name="suite">The kind of one-time key, one of <see cref="Suites.Recipients"/>.</param>
public sealed class KmsKeySource(KmsClient kms, KmsDataKey key, string suite = Suites.RecipientRsa2048) : IKeySource
{
    const string Algorithm = "RSAES_OAEP_SHA_256";

    /// <inheritdoc/>
    public async Task ReleaseAsync(EnclaveConnection enclave, string keyId, CancellationToken cancellation)
    {
        if (keyId != key.KeyId)
        {
            throw new KeyReleaseRefusedException(HostCodes.KmsRefused, "host", keyId, $"its wrapped key is of \"{key.KeyId}\"", []);
        }

        await using var exchange = await enclave.BeginReleaseAsync(new RecipientRequest { KeyId = keyId, Suite = suite }.ToJson(), cancellation).ConfigureAwait(false);
        var answer = await DecryptAsync(DocumentOf(exchange.Evidence.Span), cancellation).ConfigureAwait(false);
        try
        {
            await exchange.CompleteAsync(new EnvelopedKey { KeyId = keyId, Envelope = [.. EnvelopeOf(answer)] }.ToJson(), cancellation).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(answer);
        }
    }

    async Task<byte[]> DecryptAsync(byte[] document, CancellationToken cancellation)
    {
        using var request = new MemoryStream();
        using (var json = new Utf8JsonWriter(request))
        {
            json.WriteStartObject();
            json.WriteBase64String("CiphertextBlob", key.Ciphertext.AsSpan());
            json.WriteString("KeyId", key.KmsKey);
            if (!key.EncryptionContext.IsEmpty)
            {
                json.WriteStartObject("EncryptionContext");
                foreach (var (name, value) in key.EncryptionContext)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }

            json.WriteStartObject("Recipient");
            json.WriteString("KeyEncryptionAlgorithm", Algorithm);
            json.WriteBase64String("AttestationDocument", document);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        try
        {
            return await kms.CallAsync("Decrypt", request.ToArray(), cancellation).ConfigureAwait(false);
        }
        catch (KmsRefusedException e)
        {
            throw new KeyReleaseRefusedException(e.Code, "AWS KMS key policy or service", key.KeyId, e.Message, []);
        }
    }

    static byte[] DocumentOf(ReadOnlySpan<byte> evidence)
    {
        try
        {
            return [.. EvidenceBundle.Parse(evidence).Evidence];
        }
        catch (RecordFormatException e)
        {
            throw EnclaveConnection.Protocol(e);
        }
    }

    static byte[] EnvelopeOf(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = 4 });
            var root = document.RootElement;
            if (root.TryGetProperty("Plaintext", out var plaintext) && plaintext.ValueKind != JsonValueKind.Null)
            {
                throw new KmsException(HostCodes.KmsPlaintext, "The answer to Decrypt holds the data key in the clear: what answered is no AWS KMS that knows recipients. It was given to nobody, but this host has seen it; seal the model anew.");
            }

            var envelope = root.GetProperty("CiphertextForRecipient").GetBytesFromBase64();
            return envelope.Length <= EnvelopedKey.MaxEnvelopeLength ? envelope : throw Malformed(null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Malformed(e);
        }
    }

    static KmsException Malformed(Exception? inner) => new(HostCodes.KmsUnreachable, "The answer of AWS KMS holds no CiphertextForRecipient.", inner);
}
