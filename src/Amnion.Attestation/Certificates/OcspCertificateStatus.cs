namespace Amnion.Attestation.Certificates;

/// <summary>CertStatus of RFC 6960 §4.2.1.</summary>
enum OcspCertificateStatus
{
    /// <summary>Not revoked.</summary>
    Good,

    /// <summary>Revoked, or on hold.</summary>
    Revoked,

    /// <summary>The responder does not know the certificate.</summary>
    Unknown,
}
