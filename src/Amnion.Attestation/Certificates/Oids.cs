namespace Amnion.Attestation.Certificates;

/// <summary>Object identifiers of RFC 5280, RFC 5480 and RFC 5758.</summary>
static class Oids
{
    public const string EcPublicKey = "1.2.840.10045.2.1";
    public const string Secp384r1 = "1.3.132.0.34";
    public const string EcdsaWithSha384 = "1.2.840.10045.4.3.3";
    public const string KeyUsage = "2.5.29.15";
    public const string BasicConstraints = "2.5.29.19";
    public const string CrlNumber = "2.5.29.20";
    public const string NameConstraints = "2.5.29.30";
    public const string PolicyMappings = "2.5.29.33";
    public const string AuthorityKeyIdentifier = "2.5.29.35";
    public const string PolicyConstraints = "2.5.29.36";
    public const string InhibitAnyPolicy = "2.5.29.54";
}
