using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>What a caller keeps and an auditor checks offline: the signed receipt, the evidence bundle of its keyset and the nonce asked with. "amnion/receipt-file/1".</summary>
public sealed record ReceiptFile
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/receipt-file/1";

    /// <summary>The receipt.</summary>
    public required SignedReceipt Signed { get; init; }

    /// <summary>The Evidence that bound the keyset.</summary>
    public required EvidenceBundle Evidence { get; init; }

    /// <summary>The nonce of that Evidence.</summary>
    public required ImmutableArray<byte> Nonce { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static ReceiptFile Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, EvidenceBundle.MaxLength + Receipt.MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var file = new ReceiptFile
        {
            Signed = SignedReceipt.Read(reader.Object("signed")),
            Evidence = EvidenceBundle.Read(reader.Object("evidence")),
            Nonce = reader.Bytes("nonce", EvidenceBinding.MaxNonceLength, EvidenceBinding.MinNonceLength),
        };
        reader.End();
        return file;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteJson("signed", Signed.ToJson());
        json.WriteJson("evidence", Evidence.ToJson());
        json.WriteBytes("nonce", Nonce.AsSpan());
        json.WriteEndObject();
    });
}
