using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Records;

/// <summary>A receipt with the enclave's ES256 signature: {"receipt":{…},"signature":base64url}. It travels sealed, as an HTTP trailer.</summary>
public sealed record SignedReceipt(Receipt Receipt, ImmutableArray<byte> Signature)
{
    const string Format = "amnion/signed-receipt/1";

    /// <summary>Signs with the keyset's receipt key.</summary>
    public static SignedReceipt Sign(Receipt receipt, ECDsa key) => new(receipt, [.. key.SignData(receipt.ToJson(), HashAlgorithmName.SHA256)]);

    /// <summary>True where <paramref name="receiptKey"/> (SubjectPublicKeyInfo, from an appraised keyset) signed it.</summary>
    public bool Verify(ReadOnlySpan<byte> receiptKey) => Signatures.VerifyEs256(receiptKey, Receipt.ToJson(), Signature.AsSpan());

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static SignedReceipt Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, Receipt.MaxLength, Format);
        return Read(new JsonObjectReader(document.RootElement, Format));
    }

    internal static SignedReceipt Read(JsonObjectReader reader)
    {
        var signed = new SignedReceipt(Receipt.Read(reader.Object("receipt")), reader.Bytes("signature", 64, 64));
        reader.End();
        return signed;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteJson("receipt", Receipt.ToJson());
        json.WriteBytes("signature", Signature.AsSpan());
        json.WriteEndObject();
    });
}
