using System.Security.Cryptography;
using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Nitro;

/// <summary>
/// Makes attestation documents as AWS's are made, for the development root and for tests: untagged COSE_Sign1, ES384, members
/// in AWS's order, absent ones null. AWS Nitro Enclaves attestation process §2.2.
/// </summary>
public static class NitroDocumentWriter
{
    /// <summary>Encodes and signs.</summary>
    /// <param name="content">The document's members.</param>
    /// <param name="leafKey">P-384 private key of <see cref="NitroDocumentContent.Certificate"/>.</param>
    /// <exception cref="ArgumentException">A key of another curve, or content that <see cref="NitroDocument.Parse"/> would refuse.</exception>
    public static byte[] Write(NitroDocumentContent content, ECDsa leafKey)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(leafKey);
        if (leafKey.KeySize != 384)
        {
            throw new ArgumentException("The key is not of P-384.", nameof(leafKey));
        }

        var document = CoseSign1.Sign(Encode(content), leafKey);
        try
        {
            _ = NitroDocument.Parse(document);
        }
        catch (NitroFormatException exception)
        {
            throw new ArgumentException(exception.Message, nameof(content), exception);
        }

        return document;
    }

    internal static byte[] Encode(NitroDocumentContent content)
    {
        var output = new CborOutput().Map(9)
            .Text("module_id").Text(content.ModuleId)
            .Text("digest").Text("SHA384")
            .Text("timestamp").Unsigned((ulong)Math.Max(0, content.Timestamp.ToUnixTimeMilliseconds()))
            .Text("pcrs").Map(content.Pcrs.Count);
        foreach (var (index, value) in content.Pcrs)
        {
            output.Integer(index).Bytes(value.Bytes.Span);
        }

        output.Text("certificate").Bytes(content.Certificate.Span).Text("cabundle").Array(content.CaBundle.Length);
        foreach (var certificate in content.CaBundle)
        {
            output.Bytes(certificate.Span);
        }

        return output
            .Text("public_key").OptionalBytes(content.PublicKey)
            .Text("user_data").OptionalBytes(content.UserData)
            .Text("nonce").OptionalBytes(content.Nonce)
            .ToArray();
    }
}
