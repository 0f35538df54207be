using Amnion.Attestation.Certificates;

namespace Amnion.Attestation;

/// <summary>
/// Names a certificate for revocation by what its issuer signed, issuer and serial number (RFC 5280 §5.3), never by a hash of the
/// whole certificate: ECDSA signatures are malleable, so the same certificate has several encodings.
/// </summary>
/// <param name="Issuer">Lower-case hexadecimal of the issuer Name's DER.</param>
/// <param name="SerialNumber">Lower-case hexadecimal of the serial INTEGER's content octets.</param>
public sealed record CertificateId(string Issuer, string SerialNumber)
{
    /// <summary>Reads both from a certificate.</summary>
    /// <exception cref="CertificateFormatException">Not one strict DER certificate.</exception>
    public static CertificateId FromCertificate(ReadOnlySpan<byte> der) => Certificate.Parse(der.ToArray()).Id;
}
