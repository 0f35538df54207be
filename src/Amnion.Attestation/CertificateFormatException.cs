using System.Globalization;

namespace Amnion.Attestation;

/// <summary>An X.509 certificate or revocation list is not strict DER of RFC 5280's profile.</summary>
public sealed class CertificateFormatException : FormatException
{
    /// <param name="field">The field of RFC 5280, for example "tbsCertificate.validity".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="offset">Byte offset of the item being read.</param>
    public CertificateFormatException(string field, string problem, int offset)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Field = field;
        Offset = offset;
    }

    /// <summary>The stable code, <see cref="AttestationCodes.CertificateMalformed"/>.</summary>
    public string Code { get; } = AttestationCodes.CertificateMalformed;

    /// <summary>The refused field.</summary>
    public string Field { get; }

    /// <summary>Byte offset of the item being read.</summary>
    public int Offset { get; }
}
