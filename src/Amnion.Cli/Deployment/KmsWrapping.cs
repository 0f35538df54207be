using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Host.Aws;
using Amnion.Sealing;

namespace Amnion.Cli.Deployment;

/// <summary>Has AWS KMS encrypt a fresh data key, on the model owner's machine and with the owner's credentials. Releasing it to enclaves needs others.</summary>
sealed class KmsWrapping(KmsClient kms, string kmsKey)
{
    /// <summary>Entry of the encryption context that names the data key: a ciphertext moved to another model does not decrypt.</summary>
    public const string ContextName = "amnion:key_id";

    // Longer than the request: the writer's buffer is never copied, and zeroed afterwards.
    const int RequestRoom = 8192;

    /// <summary>The data key as KMS encrypted it.</summary>
    /// <exception cref="KmsRefusedException">KMS refused.</exception>
    /// <exception cref="KmsException">It could not be asked.</exception>
    public async Task<KmsDataKey> WrapAsync(string keyId, SecretBytes dataKey, CancellationToken cancellation)
    {
        var request = new ArrayBufferWriter<byte>(RequestRoom);
        byte[] answer;
        try
        {
            using (var json = new Utf8JsonWriter(request))
            {
                json.WriteStartObject();
                json.WriteString("KeyId", kmsKey);
                json.WriteBase64String("Plaintext", dataKey.Reveal(SecretAccess.Wrapping));
                json.WriteStartObject("EncryptionContext");
                json.WriteString(ContextName, keyId);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            answer = await kms.CallAsync("Encrypt", request.WrittenMemory, cancellation).ConfigureAwait(false);
        }
        finally
        {
            request.Clear();
        }

        try
        {
            using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = 4 });
            var named = document.RootElement.TryGetProperty("KeyId", out var id) ? id.GetString() : null;
            var wrapped = new KmsDataKey
            {
                KeyId = keyId,
                // An alias may point elsewhere later; the key's own name does not.
                KmsKey = named is not null && KmsDataKey.IsArn(named) ? named : kmsKey,
                Ciphertext = [.. document.RootElement.GetProperty("CiphertextBlob").GetBytesFromBase64()],
                EncryptionContext = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(ContextName, keyId),
            };
            return KmsDataKey.Parse(wrapped.ToJson());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CliException(ExitCode.Internal, "the answer of AWS KMS holds no ciphertext", "check AWS_ENDPOINT_URL_KMS", Host.HostCodes.KmsUnreachable, e);
        }
    }
}
