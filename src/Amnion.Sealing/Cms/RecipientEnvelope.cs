using System.Buffers;

namespace Amnion.Sealing;

/// <summary>
/// CMS EnvelopedData (RFC 5652 §6) as AWS KMS answers a request with a recipient: version 2, one recipient by subject key identifier, RSAES-OAEP
/// with SHA-256 for hash and mask, AES-256-CBC. Nothing in it is authenticated; who opens it checks the result against a commitment.
/// </summary>
sealed class RecipientEnvelope
{
    /// <summary>Longest envelope: KMS's own limit (CiphertextType of its service model).</summary>
    public const int MaxLength = 6144;

    /// <summary>Longest subject key identifier. KMS's have 32 bytes.</summary>
    const int MaxKeyIdentifier = 64;

    /// <summary>Most fragments of the content.</summary>
    const int MaxFragments = 64;

    const int AesBlock = 16;
    const byte Sequence = 0x30;
    const byte Set = 0x31;
    const byte OctetString = 0x04;
    const byte ContextPrimitive = 0x80;
    const byte ContextConstructed = 0xa0;

    RecipientEnvelope(byte[] encryptedKey, byte[] iv, byte[] ciphertext) => (EncryptedKey, Iv, Ciphertext) = (encryptedKey, iv, ciphertext);

    // 1.2.840.113549.1.7.3
    static ReadOnlySpan<byte> EnvelopedData => [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03];

    // 1.2.840.113549.1.7.1
    static ReadOnlySpan<byte> Data => [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];

    // 2.16.840.1.101.3.4.1.42
    static ReadOnlySpan<byte> Aes256Cbc => [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];

    static ReadOnlySpan<byte> VersionTwo => [0x02, 0x01, 0x02];

    // RFC 4055 §4.1: RSAES-OAEP 1.2.840.113549.1.1.7 with hash SHA-256 (NULL), mask MGF1 1.2.840.113549.1.1.8 over SHA-256 (NULL), no label.
    static ReadOnlySpan<byte> OaepSha256 =>
    [
        0x30, 0x3c,
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07,
        0x30, 0x2f,
        0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
        0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08,
        0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    ];

    /// <summary>The content key, encrypted to the recipient: 256, 384 or 512 bytes.</summary>
    public byte[] EncryptedKey { get; }

    /// <summary>Initialisation vector, 16 bytes.</summary>
    public byte[] Iv { get; }

    /// <summary>The encrypted content: whole blocks, at least one.</summary>
    public byte[] Ciphertext { get; }

    /// <summary>Parses strictly. Lengths may be definite or, where KMS writes them so, indefinite; content may be in fragments.</summary>
    /// <exception cref="CmsFormatException">Anything else.</exception>
    public static RecipientEnvelope Parse(ReadOnlySpan<byte> input)
    {
        if (input.Length > MaxLength)
        {
            throw new CmsFormatException("ContentInfo", 0, $"{input.Length} bytes; at most {MaxLength} are accepted.");
        }

        var reader = new BerReader(input);
        var info = reader.Enter(Sequence, "ContentInfo");
        reader.Exactly(EnvelopedData, "contentType");
        var content = reader.Enter(ContextConstructed, "content");
        var enveloped = reader.Enter(Sequence, "EnvelopedData");
        reader.Exactly(VersionTwo, "EnvelopedData.version");
        var encryptedKey = ReadRecipient(ref reader);
        var encrypted = reader.Enter(Sequence, "EncryptedContentInfo");
        reader.Exactly(Data, "EncryptedContentInfo.contentType");
        var iv = ReadAlgorithm(ref reader);
        var ciphertext = ReadContent(ref reader);
        reader.Leave(encrypted, "EncryptedContentInfo");
        reader.Leave(enveloped, "EnvelopedData");
        reader.Leave(content, "content");
        reader.Leave(info, "ContentInfo");
        reader.End("ContentInfo");
        return new RecipientEnvelope(encryptedKey, iv, ciphertext);
    }

    static byte[] ReadRecipient(ref BerReader reader)
    {
        var set = reader.Enter(Set, "recipientInfos");
        var recipient = reader.Enter(Sequence, "KeyTransRecipientInfo");
        reader.Exactly(VersionTwo, "KeyTransRecipientInfo.version");
        var at = reader.Offset;
        if (reader.Primitive(ContextPrimitive, "subjectKeyIdentifier").Length is 0 or > MaxKeyIdentifier)
        {
            throw new CmsFormatException("subjectKeyIdentifier", at, $"expected 1 to {MaxKeyIdentifier} bytes.");
        }

        reader.Exactly(OaepSha256, "keyEncryptionAlgorithm");
        at = reader.Offset;
        var key = reader.Primitive(OctetString, "encryptedKey");
        if (key.Length is not (256 or 384 or 512))
        {
            throw new CmsFormatException("encryptedKey", at, $"{key.Length} bytes; expected 256, 384 or 512.");
        }

        reader.Leave(recipient, "KeyTransRecipientInfo");
        reader.Leave(set, "recipientInfos");
        return key.ToArray();
    }

    static byte[] ReadAlgorithm(ref BerReader reader)
    {
        var algorithm = reader.Enter(Sequence, "contentEncryptionAlgorithm");
        reader.Exactly(Aes256Cbc, "contentEncryptionAlgorithm");
        var at = reader.Offset;
        var iv = reader.Primitive(OctetString, "initialisation vector");
        if (iv.Length != AesBlock)
        {
            throw new CmsFormatException("initialisation vector", at, $"{iv.Length} bytes; expected {AesBlock}.");
        }

        reader.Leave(algorithm, "contentEncryptionAlgorithm");
        return iv.ToArray();
    }

    static byte[] ReadContent(ref BerReader reader)
    {
        const string Field = "encryptedContent";
        var at = reader.Offset;
        var content = new ArrayBufferWriter<byte>();
        if (reader.IsNext(ContextPrimitive))
        {
            content.Write(reader.Primitive(ContextPrimitive, Field));
        }
        else
        {
            var whole = reader.Enter(ContextConstructed, Field);
            for (var fragments = 0; reader.IsNext(OctetString); fragments++)
            {
                if (fragments == MaxFragments)
                {
                    throw new CmsFormatException(Field, reader.Offset, $"more than {MaxFragments} fragments.");
                }

                content.Write(reader.Primitive(OctetString, Field));
            }

            reader.Leave(whole, Field);
        }

        return content.WrittenCount > 0 && content.WrittenCount % AesBlock == 0
            ? content.WrittenSpan.ToArray()
            : throw new CmsFormatException(Field, at, $"{content.WrittenCount} bytes; expected whole blocks of {AesBlock}.");
    }
}
