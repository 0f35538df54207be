namespace Amnion.Sealing;

/// <summary>Setting up the HPKE context of a request, which the whole and the chunked format share (RFC 9458 §4.3, draft-ietf-ohai-chunked-ohttp §6.1).</summary>
static class OhttpEncapsulation
{
    public static ReadOnlySpan<byte> RequestLabel => "message/bhttp request"u8;

    public static ReadOnlySpan<byte> ResponseLabel => "message/bhttp response"u8;

    public static ReadOnlySpan<byte> ChunkedRequestLabel => "message/bhttp chunked request"u8;

    public static ReadOnlySpan<byte> ChunkedResponseLabel => "message/bhttp chunked response"u8;

    public static HpkeSenderContext SetupSender(OhttpKeyConfig config, HpkeKdf kdf, HpkeAead aead, ReadOnlySpan<byte> label, HpkePrivateKey? ephemeral, out byte[] header, out byte[] enc)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (aead == HpkeAead.ExportOnly || !config.Offers(kdf, aead))
        {
            throw new ArgumentException($"The key configuration does not offer KDF 0x{(int)kdf:x4} with AEAD 0x{(int)aead:x4}.", nameof(aead));
        }

        var suite = new HpkeSuite(config.KemId, kdf, aead);
        var prefix = OhttpRequestHeader.EncodePrefix(config.KeyId, suite);
        var info = Info(label, prefix);
        var context = ephemeral is null
            ? Hpke.SetupSender(suite, config.PublicKey, info, out enc)
            : Hpke.SetupSender(suite, config.PublicKey, ephemeral, info, out enc);
        header = [.. prefix, .. enc];
        return context;
    }

    /// <exception cref="SealedMessageException">The suite is not offered, the key is of another KEM, or the encapsulated key is invalid.</exception>
    public static HpkeRecipientContext SetupRecipient(OhttpRequestHeader header, HpkePrivateKey privateKey, ReadOnlySpan<byte> label)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(privateKey);

        // Checked here because the ids are the sender's: what SetupRecipient would call our mistake is theirs.
        if (header.KemId != privateKey.Kem || header.AeadId == HpkeAead.ExportOnly || !header.Suite.IsSupported)
        {
            throw new SealedMessageException();
        }

        return Hpke.SetupRecipient(header.Suite, privateKey, header.Enc, Info(label, header.Prefix));
    }

    static byte[] Info(ReadOnlySpan<byte> label, ReadOnlySpan<byte> prefix) => [.. label, 0, .. prefix];
}
