namespace Amnion.Attestation.Nitro;

/// <summary>Stable codes of AWS Nitro Enclaves Evidence. Codes are never reused or renumbered.</summary>
public static class NitroCodes
{
    /// <summary>The Evidence is not a well-formed attestation document: COSE_Sign1, field rule or limit.</summary>
    public const string Malformed = "AMN-NITRO-0001";

    /// <summary>The document is of a NitroTPM (<c>nitrotpm_pcrs</c>), which has the same root and other registers.</summary>
    public const string NitroTpm = "AMN-NITRO-0002";

    /// <summary>A certificate of the document is not strict DER of RFC 5280.</summary>
    public const string CertificateMalformed = "AMN-NITRO-0003";

    /// <summary>The document holds members this version does not know; they were ignored.</summary>
    public const string UnknownFields = "AMN-NITRO-0004";

    /// <summary>The COSE signature does not verify under the leaf certificate's key.</summary>
    public const string Signature = "AMN-NITRO-0010";

    /// <summary>A certificate's key is not P-384.</summary>
    public const string KeyType = "AMN-NITRO-0011";

    /// <summary>A certificate is not signed with ECDSA and SHA-384.</summary>
    public const string SignatureAlgorithm = "AMN-NITRO-0012";

    /// <summary>The document's root is not the trust anchor.</summary>
    public const string TrustAnchor = "AMN-NITRO-0013";

    /// <summary>The root is not self-signed.</summary>
    public const string RootNotSelfSigned = "AMN-NITRO-0014";

    /// <summary>An issuer name differs from the subject name of the certificate before it.</summary>
    public const string NameChaining = "AMN-NITRO-0015";

    /// <summary>A certificate's signature does not verify under its issuer's key.</summary>
    public const string CertificateSignature = "AMN-NITRO-0016";

    /// <summary>A certificate is not yet valid.</summary>
    public const string NotYetValid = "AMN-NITRO-0017";

    /// <summary>A certificate has expired.</summary>
    public const string Expired = "AMN-NITRO-0018";

    /// <summary>A certificate of the bundle is not a CA by a critical basicConstraints.</summary>
    public const string NotCertificateAuthority = "AMN-NITRO-0019";

    /// <summary>The leaf certificate is a CA or limits a path.</summary>
    public const string LeafIsCertificateAuthority = "AMN-NITRO-0020";

    /// <summary>More CA certificates follow than a pathLenConstraint allows.</summary>
    public const string PathLength = "AMN-NITRO-0021";

    /// <summary>A CA certificate may not sign certificates (keyUsage).</summary>
    public const string KeyCertSign = "AMN-NITRO-0022";

    /// <summary>The leaf certificate may not make signatures (keyUsage).</summary>
    public const string DigitalSignature = "AMN-NITRO-0023";

    /// <summary>A certificate has a critical extension or a constraint that this verifier does not apply.</summary>
    public const string CriticalExtension = "AMN-NITRO-0024";

    /// <summary>A certificate is on the relying party's own list of issuer and serial number.</summary>
    public const string Revoked = "AMN-NITRO-0025";

    /// <summary>A certificate is on its issuer's revocation list.</summary>
    public const string RevokedByIssuer = "AMN-NITRO-0026";

    /// <summary>A revocation list cannot be relied on: malformed, badly signed, stale, or only a part.</summary>
    public const string RevocationListUnusable = "AMN-NITRO-0027";

    /// <summary>The document is dated after the verifier's time.</summary>
    public const string TimestampInFuture = "AMN-NITRO-0028";

    /// <summary>The document is older than the policy allows.</summary>
    public const string TooOld = "AMN-NITRO-0040";

    /// <summary>The document does not carry the relying party's nonce.</summary>
    public const string Nonce = "AMN-NITRO-0041";

    /// <summary>The document does not bind the expected value in <c>user_data</c>.</summary>
    public const string UserData = "AMN-NITRO-0042";

    /// <summary>The registers show a debug enclave.</summary>
    public const string Debug = "AMN-NITRO-0043";

    /// <summary>A register is not in the document.</summary>
    public const string RegisterMissing = "AMN-NITRO-0044";

    /// <summary>A register equals none of the policy's Reference Values.</summary>
    public const string RegisterMismatch = "AMN-NITRO-0045";
}
