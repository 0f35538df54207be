using System.Text.Json;
using Amnion.Records;

namespace Amnion.KeyBroker;

/// <summary>
/// What a wrapped key is, as the associated data of its wrapping: a key wrapped as one thing never opens as another, and somebody
/// who can write the database, but does not have the root key, cannot give a key other content to work on.
/// </summary>
abstract record KeyBinding
{
    private protected KeyBinding()
    {
    }

    /// <summary>The key in an error message.</summary>
    public abstract string What { get; }

    /// <summary>The associated data.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        Write(json);
        json.WriteEndObject();
    });

    private protected abstract void Write(Utf8JsonWriter json);

    /// <summary>A data key, released under the policy of this digest.</summary>
    public sealed record DataKey(string KeyId, long Version, Digest Policy) : KeyBinding
    {
        public override string What => $"the stored key '{KeyId}'";

        private protected override void Write(Utf8JsonWriter json)
        {
            json.WriteString("use", "amnion/data-key/1");
            json.WriteString("key_id", KeyId);
            json.WriteNumber("version", Version);
            json.WriteDigest("policy", Policy);
        }
    }

    /// <summary>The private half of the configuration signer, which signs content of this digest.</summary>
    public sealed record ConfigurationSigner(long Version, Digest Content, Digest PublicKey) : KeyBinding
    {
        public override string What => "the key that signs configuration releases";

        private protected override void Write(Utf8JsonWriter json)
        {
            json.WriteString("use", "amnion/config-signer/1");
            json.WriteNumber("version", Version);
            json.WriteDigest("content", Content);
            json.WriteDigest("public_key", PublicKey);
        }
    }
}
