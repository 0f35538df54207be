namespace Amnion.Attestation.Certificates;

/// <summary>An extension as it stands in the certificate: RFC 5280 §4.2.</summary>
readonly record struct CertificateExtension(string Oid, bool Critical, ReadOnlyMemory<byte> Value);
