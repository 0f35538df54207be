namespace Amnion.Sealing;

/// <summary>Oblivious HTTP in one piece (RFC 9458 §4.3, §4.4). Amnion's endpoints use the chunked form, which can stream.</summary>
public static class OhttpMessage
{
    /// <summary>Seals a request: header, encapsulated key, ciphertext, tag.</summary>
    /// <param name="config">The gateway's key.</param>
    /// <param name="kdf">With <paramref name="aead"/>, a pair that the configuration offers.</param>
    /// <param name="aead">See <paramref name="kdf"/>.</param>
    /// <param name="request">A binary HTTP request.</param>
    /// <param name="responseKey">Opens the response; the caller disposes it.</param>
    public static byte[] SealRequest(OhttpKeyConfig config, HpkeKdf kdf, HpkeAead aead, ReadOnlySpan<byte> request, out OhttpResponseKey responseKey) =>
        SealRequest(config, kdf, aead, request, null, out responseKey);

    /// <summary>Opens a request.</summary>
    /// <param name="sealedRequest">The request from its header on.</param>
    /// <param name="privateKey">The key its header names.</param>
    /// <param name="responseKey">Seals the response; the caller disposes it.</param>
    /// <exception cref="SealedMessageException">It does not open.</exception>
    public static byte[] OpenRequest(ReadOnlySpan<byte> sealedRequest, HpkePrivateKey privateKey, out OhttpResponseKey responseKey)
    {
        if (!OhttpRequestHeader.TryParse(sealedRequest, out var header, out var consumed))
        {
            throw new SealedMessageException();
        }

        using var context = OhttpEncapsulation.SetupRecipient(header, privateKey, OhttpEncapsulation.RequestLabel);
        var request = context.Open([], sealedRequest[consumed..]);
        responseKey = new OhttpResponseKey(
            header.Suite,
            header.Enc,
            context.Export(OhttpEncapsulation.ResponseLabel, OhttpResponseKey.NonceLengthOf(header.Suite)));
        return request;
    }

    /// <summary>With the ephemeral key given: for published vectors only.</summary>
    internal static byte[] SealRequest(OhttpKeyConfig config, HpkeKdf kdf, HpkeAead aead, ReadOnlySpan<byte> request, HpkePrivateKey? ephemeral, out OhttpResponseKey responseKey)
    {
        using var context = OhttpEncapsulation.SetupSender(config, kdf, aead, OhttpEncapsulation.RequestLabel, ephemeral, out var header, out var enc);
        var sealedRequest = new byte[checked(header.Length + request.Length + HpkeAlgorithms.TagLength)];
        header.CopyTo(sealedRequest, 0);
        context.Seal([], request, sealedRequest.AsSpan(header.Length));
        responseKey = new OhttpResponseKey(
            context.Suite,
            enc,
            context.Export(OhttpEncapsulation.ResponseLabel, OhttpResponseKey.NonceLengthOf(context.Suite)));
        return sealedRequest;
    }
}
