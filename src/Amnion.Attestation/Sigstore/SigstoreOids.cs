namespace Amnion.Attestation.Sigstore;

/// <summary>Object identifiers of Fulcio certificates (Fulcio OID information), RFC 6962, RFC 3161, RFC 5652 and RFC 5816.</summary>
static class SigstoreOids
{
    /// <summary>Claims about the signer, by the number after this prefix.</summary>
    public const string FulcioPrefix = "1.3.6.1.4.1.57264.1.";

    /// <summary>otherName of signers that are no e-mail address and no address of the web.</summary>
    public const string FulcioOtherName = "1.3.6.1.4.1.57264.1.7";

    public const string EmbeddedScts = "1.3.6.1.4.1.11129.2.4.2";
    public const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    public const string SignedData = "1.2.840.113549.1.7.2";
    public const string TstInfo = "1.2.840.113549.1.9.16.1.4";
    public const string ContentType = "1.2.840.113549.1.9.3";
    public const string MessageDigest = "1.2.840.113549.1.9.4";
    public const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
}
