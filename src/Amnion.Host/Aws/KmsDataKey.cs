using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Amnion.Records;

namespace Amnion.Host.Aws;

/// <summary>
/// A model's data key as AWS KMS encrypted it, kept beside the sealed model: "amnion/kms-key/1". It needs no protection; who may have it
/// decrypted is KMS's key policy.
/// </summary>
public sealed partial record KmsDataKey
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/kms-key/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Most entries of an encryption context.</summary>
    const int MaxContext = 16;

    /// <summary>The data key's name in the model manifest.</summary>
    public required string KeyId { get; init; }

    /// <summary>The KMS key's ARN: which key, and by its fourth part in which region.</summary>
    public required string KmsKey { get; init; }

    /// <summary>KMS's CiphertextBlob, at most 6144 bytes.</summary>
    public required ImmutableArray<byte> Ciphertext { get; init; }

    /// <summary>The encryption context it was encrypted with; KMS decrypts with the same one only.</summary>
    public required ImmutableSortedDictionary<string, string> EncryptionContext { get; init; }

    /// <summary>The KMS key's region.</summary>
    public string Region => KmsKey.Split(':')[3];

    /// <summary>True for the ARN of a key or of an alias.</summary>
    public static bool IsArn(string text) => Arn().IsMatch(text);

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static KmsDataKey Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var context = reader.Object("encryption_context");
        var key = new KmsDataKey
        {
            KeyId = reader.Text("key_id", 128),
            KmsKey = reader.Text("kms_key", 2048),
            Ciphertext = reader.Bytes("ciphertext", 6144, 1),
            EncryptionContext = context.Names(MaxContext).ToImmutableSortedDictionary(name => name, name => context.Text(name, 1024), StringComparer.Ordinal),
        };
        reader.End();
        return IsArn(key.KmsKey) ? key : throw reader.Refuse("kms_key", "must be the ARN of a KMS key or alias");
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("key_id", KeyId);
        json.WriteString("kms_key", KmsKey);
        json.WriteBytes("ciphertext", Ciphertext.AsSpan());
        json.WriteStartObject("encryption_context");
        foreach (var (name, value) in EncryptionContext)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    // AWS General Reference, "Amazon Resource Names": arn:PARTITION:kms:REGION:ACCOUNT:key/… or alias/….
    [GeneratedRegex("^arn:aws[a-z-]{0,16}:kms:[a-z0-9-]{1,32}:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]{1,256}$", RegexOptions.CultureInvariant)]
    private static partial Regex Arn();
}
