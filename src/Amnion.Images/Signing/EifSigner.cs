using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Images.Content;
using Amnion.Images.Eif;

namespace Amnion.Images.Signing;

/// <summary>Signs images with a certificate and its key. Register 8 becomes the certificate; registers 0 to 2 stay.</summary>
public sealed class EifSigner : IDisposable
{
    readonly ECDsa _key;
    readonly byte[] _certificate;

    EifSigner(byte[] certificate, ECDsa key)
    {
        _certificate = certificate;
        _key = key;
    }

    /// <summary>The signing certificate, DER.</summary>
    public ReadOnlyMemory<byte> Certificate => _certificate;

    /// <summary>Takes certificate and key from PEM files.</summary>
    /// <param name="certificate">A certificate of P-256, P-384 or P-521.</param>
    /// <param name="privateKey">Its key, "EC PRIVATE KEY" or "PRIVATE KEY", not encrypted.</param>
    /// <exception cref="ImageException">One cannot be used, or they do not belong together.</exception>
    public static EifSigner FromPem(ReadOnlySpan<byte> certificate, ReadOnlySpan<char> privateKey)
    {
        byte[] der;
        try
        {
            der = EifSignature.ReadCertificate(certificate);
        }
        catch (EifSignatureFormatException exception)
        {
            throw new ImageException(ImageCodes.SigningKeyUnfit, "The signing certificate cannot be read; expected a PEM file with one certificate.", exception);
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(privateKey);
            using var loaded = X509CertificateLoader.LoadCertificate(der);
            using var certified = loaded.GetECDsaPublicKey();
            if (certified is null || key.KeySize is not (256 or 384 or 521) || !certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            {
                throw new ImageException(ImageCodes.SigningKeyUnfit, "The private key is not the signing certificate's, or not of P-256, P-384 or P-521.");
            }

            var signer = new EifSigner(der, key);
            key = null;
            return signer;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            // The message of the runtime names no part of the key.
            throw new ImageException(ImageCodes.SigningKeyUnfit, "The private key cannot be read; expected an unencrypted PEM key of P-256, P-384 or P-521.", exception);
        }
        finally
        {
            key?.Dispose();
        }
    }

    /// <summary>The signature section for an image with these registers.</summary>
    public byte[] Sign(ImageRegisters registers)
    {
        ArgumentNullException.ThrowIfNull(registers);
        return EifSignature.Sign(registers.Image, _certificate, _key);
    }

    /// <summary>Writes a signed copy; an earlier signature is replaced, with the sizes in the section's header and in the file's.</summary>
    /// <param name="image">The image, whose checksum must be right.</param>
    /// <param name="destination">Empty and seekable.</param>
    /// <returns>The registers of the signed image.</returns>
    /// <exception cref="EifFormatException">The checksum is not the content's: what would be signed is damaged.</exception>
    public ImageRegisters Sign(EifImage image, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        var measured = image.Measure();
        if (!measured.ChecksumMatches)
        {
            throw new EifFormatException(EifFormat.ChecksumAt, "eif_crc32", "is not the content's checksum; a damaged image is not signed");
        }

        var parts = image.Sections.Where(section => section.Type != EifSectionType.Signature).Select(section => EifPart.Of(section.Type, section.Content));
        EifWriter.Write(destination, image.Architecture, [.. parts, EifPart.Of(EifSectionType.Signature, ImageContent.FromBytes(Sign(measured.Registers)))]);
        return measured.Registers with { Certificate = ImageRegisters.OfContent(_certificate) };
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
