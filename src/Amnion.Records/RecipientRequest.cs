namespace Amnion.Records;

/// <summary>
/// Asks an enclave for a one-time RSA key that AWS KMS encrypts a data key to: its Evidence carries the key in the document's public_key.
/// "amnion/recipient-request/1". It stands where a broker's challenge would; KMS gives none, and the fresh key is what makes an answer fresh.
/// </summary>
public sealed record RecipientRequest
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/recipient-request/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 1024;

    /// <summary>The data key's name, as the model manifest has it.</summary>
    public required string KeyId { get; init; }

    /// <summary>The kind of key, one of <see cref="Suites.Recipients"/>.</summary>
    public required string Suite { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static RecipientRequest Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var request = new RecipientRequest { KeyId = reader.Text("key_id", 128), Suite = reader.Text("suite", 64) };
        reader.End();
        return Suites.Recipients.ContainsKey(request.Suite) ? request : throw reader.Refuse("suite", "must be a known kind of recipient key");
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("key_id", KeyId);
        json.WriteString("suite", Suite);
        json.WriteEndObject();
    });
}
