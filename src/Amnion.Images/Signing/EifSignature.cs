using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation.Nitro;
using Amnion.Records;

namespace Amnion.Images.Signing;

/// <summary>
/// The signature of an image: a certificate and a COSE_Sign1 message over register 0. Bytes stand in CBOR as arrays of integers, since
/// serde_cbor writes them so. EIF specification, "Signature section"; docs/specs/image.md §4.
/// </summary>
public sealed class EifSignature
{
    const string CertificateKey = "signing_certificate";
    const string SignatureKey = "signature";
    const string IndexKey = "register_index";
    const string ValueKey = "register_value";

    EifSignature(ReadOnlyMemory<byte> certificate, CoseSign1 message, int register, Digest value)
    {
        Certificate = certificate;
        Message = message;
        Register = register;
        Value = value;
    }

    /// <summary>The signing certificate, DER.</summary>
    public ReadOnlyMemory<byte> Certificate { get; }

    /// <summary>The COSE_Sign1 message.</summary>
    public CoseSign1 Message { get; }

    /// <summary>The register that is signed; 0.</summary>
    public int Register { get; }

    /// <summary>The value that is signed.</summary>
    public Digest Value { get; }

    /// <summary>PCR8: SHA-384(0^48 ‖ SHA-384(certificate)).</summary>
    public Digest CertificateRegister => ImageRegisters.OfContent(Certificate.Span);

    /// <summary>Parses a section's data.</summary>
    /// <param name="section">The data.</param>
    /// <param name="origin">Where it starts in the file, for messages.</param>
    /// <exception cref="EifSignatureFormatException">Anything but one signature of register 0.</exception>
    public static EifSignature Parse(ReadOnlySpan<byte> section, long origin = 0)
    {
        var input = new IntegerArrayInput(section, origin);
        if (input.Array("signatures") != 1)
        {
            throw new EifSignatureFormatException(origin, "signatures", "expected exactly one");
        }

        input.Map(2, "signatures[0]");
        input.Key(CertificateKey);
        var certificateAt = input.Offset;
        var pem = input.Bytes(CertificateKey);
        input.Key(SignatureKey);
        var messageAt = input.Offset;
        var bytes = input.Bytes(SignatureKey);
        input.End("signatures");
        var certificate = ReadCertificate(pem, certificateAt);
        var message = ReadMessage(bytes, messageAt);
        var (register, value) = ReadPayload(message.Payload.Span, messageAt);
        return new EifSignature(certificate, message, register, value);
    }

    /// <summary>The certificate of a PEM file: its first block, which must be a certificate. AWS's tools take the same one.</summary>
    /// <returns>DER.</returns>
    /// <exception cref="EifSignatureFormatException">There is none, or it cannot be read.</exception>
    public static byte[] ReadCertificate(ReadOnlySpan<byte> pem, long offset = 0)
    {
        var text = Encoding.Latin1.GetString(pem);
        if (!PemEncoding.TryFind(text, out var fields) || !text.AsSpan(fields.Label).SequenceEqual("CERTIFICATE"))
        {
            throw new EifSignatureFormatException(offset, CertificateKey, "the first PEM block is not a certificate");
        }

        var der = Convert.FromBase64String(text[fields.Base64Data]);
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            if (certificate.RawDataMemory.Length != der.Length)
            {
                throw new EifSignatureFormatException(offset, CertificateKey, "bytes follow the certificate");
            }

            // The runtime reads these only when asked, and then throws: everything that is used later is asked for here.
            _ = (certificate.NotBefore, certificate.NotAfter, certificate.SignatureAlgorithm.Value);
            _ = certificate.IssuerName.EnumerateRelativeDistinguishedNames().Select(name => name.HasMultipleElements ? null : name.GetSingleElementValue()).ToList();
            using var key = certificate.GetECDsaPublicKey();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or OverflowException)
        {
            throw new EifSignatureFormatException(offset, CertificateKey, "the certificate cannot be read", exception);
        }

        return der;
    }

    /// <summary>Signs a value of register 0; ECDSA draws a random number, so that no two signatures are alike.</summary>
    /// <param name="value">Register 0, SHA-384.</param>
    /// <param name="certificate">DER.</param>
    /// <param name="key">The certificate's private key.</param>
    /// <returns>The section's data.</returns>
    internal static byte[] Sign(Digest value, ReadOnlySpan<byte> certificate, ECDsa key)
    {
        var payload = new IntegerArrayOutput().Map(2).Key(IndexKey).Unsigned(0).Key(ValueKey).Bytes(value.Bytes).ToArray();
        var message = CoseSign1.Sign(payload, key);
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", certificate) + "\n");
        return new IntegerArrayOutput().Array(1).Map(2).Key(CertificateKey).Bytes(pem).Key(SignatureKey).Bytes(message).ToArray();
    }

    static CoseSign1 ReadMessage(byte[] bytes, long offset)
    {
        CoseSign1 message;
        try
        {
            message = CoseSign1.Parse(bytes);
        }
        catch (CoseFormatException exception)
        {
            throw new EifSignatureFormatException(offset, SignatureKey, $"no COSE_Sign1 message: {exception.Message}", exception);
        }

        return message.IsTagged ? throw new EifSignatureFormatException(offset, SignatureKey, "the message carries a tag; expected none") : message;
    }

    static (int Register, Digest Value) ReadPayload(ReadOnlySpan<byte> payload, long offset)
    {
        // Offsets inside the message are of the decoded bytes; the message's own is what a person can look up.
        var input = new IntegerArrayInput(payload, offset);
        input.Map(2, "payload");
        input.Key(IndexKey);
        var register = input.Unsigned(IndexKey);
        input.Key(ValueKey);
        var value = input.Bytes(ValueKey);
        input.End("payload");
        return register == 0 && value.Length == RegisterLog.RegisterLength
            ? (register, Digest.FromBytes(value))
            : throw new EifSignatureFormatException(offset, "payload", "expected register 0 with 48 bytes");
    }
}
