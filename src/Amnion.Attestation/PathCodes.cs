namespace Amnion.Attestation;

/// <summary>Stable codes of the checks of certification paths that all formats but Nitro share: RFC 5280 §6. The check's name says which chain.</summary>
public static class PathCodes
{
    /// <summary>A key is of a kind, curve or size that the chain does not use.</summary>
    public const string KeyType = "AMN-X509-0002";

    /// <summary>A certificate is signed with an algorithm that the chain does not use, SHA-1 among them.</summary>
    public const string SignatureAlgorithm = "AMN-X509-0003";

    /// <summary>The chain ends in no root that the policy names.</summary>
    public const string TrustAnchor = "AMN-X509-0004";

    /// <summary>The root is not self-signed.</summary>
    public const string RootNotSelfSigned = "AMN-X509-0005";

    /// <summary>A certificate names another issuer than the one before it.</summary>
    public const string NameChaining = "AMN-X509-0006";

    /// <summary>A certificate is not signed by its issuer's key.</summary>
    public const string CertificateSignature = "AMN-X509-0007";

    /// <summary>A certificate's validity starts later.</summary>
    public const string NotYetValid = "AMN-X509-0008";

    /// <summary>A certificate's validity has ended.</summary>
    public const string Expired = "AMN-X509-0009";

    /// <summary>An issuer is no CA.</summary>
    public const string NotCertificateAuthority = "AMN-X509-0010";

    /// <summary>The leaf is a CA.</summary>
    public const string LeafIsCertificateAuthority = "AMN-X509-0011";

    /// <summary>There are more CAs below a CA than it allows.</summary>
    public const string PathLength = "AMN-X509-0012";

    /// <summary>A CA may not sign certificates.</summary>
    public const string KeyCertSign = "AMN-X509-0013";

    /// <summary>The leaf may not make signatures.</summary>
    public const string DigitalSignature = "AMN-X509-0014";

    /// <summary>A critical extension, or a constraint on names or policies, is not applied here.</summary>
    public const string CriticalExtension = "AMN-X509-0015";

    /// <summary>The relying party revoked a certificate.</summary>
    public const string Revoked = "AMN-X509-0016";

    /// <summary>An issuer revoked a certificate.</summary>
    public const string RevokedByIssuer = "AMN-X509-0017";

    /// <summary>A revocation list is not complete, current and signed by its issuer.</summary>
    public const string RevocationListUnusable = "AMN-X509-0018";

    /// <summary>A revocation list that the chain needs was not given.</summary>
    public const string RevocationListMissing = "AMN-X509-0019";

    /// <summary>No path from the leaf to a root could be put together from the certificates given.</summary>
    public const string NoPath = "AMN-X509-0020";
}
