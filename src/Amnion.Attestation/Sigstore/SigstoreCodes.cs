namespace Amnion.Attestation.Sigstore;

/// <summary>Stable codes of signed provenance (Sigstore bundles). Codes are never reused or renumbered.</summary>
public static class SigstoreCodes
{
    /// <summary>The bundle breaks its format, version 0.1 to 0.3, or a limit.</summary>
    public const string BundleMalformed = "AMN-SIGSTORE-0001";

    /// <summary>The trusted root breaks its format or a limit.</summary>
    public const string TrustedRootMalformed = "AMN-SIGSTORE-0002";

    /// <summary>The signed payload is no in-toto statement.</summary>
    public const string StatementMalformed = "AMN-SIGSTORE-0003";

    /// <summary>The signing certificate is not strict DER of RFC 5280, or its Fulcio extensions are not well formed.</summary>
    public const string CertificateMalformed = "AMN-SIGSTORE-0004";

    /// <summary>A key that is needed has an algorithm that this build cannot verify, Ed25519 for one.</summary>
    public const string UnsupportedKey = "AMN-SIGSTORE-0005";

    /// <summary>The envelope has no signature, or more than one.</summary>
    public const string SignatureCount = "AMN-SIGSTORE-0006";

    /// <summary>The bundle brings a root certificate of its own.</summary>
    public const string RootInBundle = "AMN-SIGSTORE-0007";

    /// <summary>The bundle is signed with a key where a certificate is expected, or the other way round.</summary>
    public const string SignerKind = "AMN-SIGSTORE-0008";

    /// <summary>The signature over the envelope or the artifact does not verify.</summary>
    public const string Signature = "AMN-SIGSTORE-0010";

    /// <summary>The bundle's message digest is not the artifact's.</summary>
    public const string MessageDigest = "AMN-SIGSTORE-0011";

    /// <summary>No certificate authority of the trusted root has issued the certificate at its signing time.</summary>
    public const string NoAuthority = "AMN-SIGSTORE-0020";

    /// <summary>The certificate was not valid at a time at which the signature is known to have existed.</summary>
    public const string CertificateTime = "AMN-SIGSTORE-0021";

    /// <summary>The certificate is not for code signing.</summary>
    public const string CodeSigning = "AMN-SIGSTORE-0022";

    /// <summary>The certificate does not name exactly one signer.</summary>
    public const string SubjectName = "AMN-SIGSTORE-0023";

    /// <summary>The certificate's list of signed certificate timestamps does not parse.</summary>
    public const string SctMalformed = "AMN-SIGSTORE-0030";

    /// <summary>Two signed certificate timestamps are of the same log.</summary>
    public const string SctDuplicateLog = "AMN-SIGSTORE-0031";

    /// <summary>A signed certificate timestamp of a trusted log does not verify.</summary>
    public const string SctSignature = "AMN-SIGSTORE-0032";

    /// <summary>Fewer signed certificate timestamps verify than the policy asks for.</summary>
    public const string SctCount = "AMN-SIGSTORE-0033";

    /// <summary>The number of transparency log entries is outside the policy's range.</summary>
    public const string LogEntryCount = "AMN-SIGSTORE-0040";

    /// <summary>The same log entry stands in the bundle twice.</summary>
    public const string LogEntryTwice = "AMN-SIGSTORE-0041";

    /// <summary>A log entry is of a log that the trusted root does not hold for that time.</summary>
    public const string LogUnknown = "AMN-SIGSTORE-0042";

    /// <summary>A log entry has no inclusion proof, or a bundle of version 0.1 no inclusion promise.</summary>
    public const string InclusionMissing = "AMN-SIGSTORE-0043";

    /// <summary>The Merkle proof does not lead from the entry to the root hash.</summary>
    public const string InclusionProof = "AMN-SIGSTORE-0044";

    /// <summary>The checkpoint is no signed note of a tree head.</summary>
    public const string CheckpointMalformed = "AMN-SIGSTORE-0045";

    /// <summary>The checkpoint is of another tree than the proof.</summary>
    public const string CheckpointRoot = "AMN-SIGSTORE-0046";

    /// <summary>The checkpoint is not signed by the log.</summary>
    public const string CheckpointSignature = "AMN-SIGSTORE-0047";

    /// <summary>The log's promise to include the entry (signed entry timestamp) does not verify.</summary>
    public const string InclusionPromise = "AMN-SIGSTORE-0048";

    /// <summary>The log entry records another signature, signer or content than the bundle.</summary>
    public const string EntryBody = "AMN-SIGSTORE-0049";

    /// <summary>A timestamp token does not parse, or is no token of a granted request.</summary>
    public const string TimestampMalformed = "AMN-SIGSTORE-0060";

    /// <summary>A timestamp token is of another signature.</summary>
    public const string TimestampImprint = "AMN-SIGSTORE-0061";

    /// <summary>A timestamp token is not signed by a timestamp authority of the trusted root.</summary>
    public const string TimestampAuthority = "AMN-SIGSTORE-0062";

    /// <summary>A timestamp token's signature does not verify.</summary>
    public const string TimestampSignature = "AMN-SIGSTORE-0063";

    /// <summary>Fewer times at which the signature existed are proven than the policy asks for.</summary>
    public const string ObserverTimestamps = "AMN-SIGSTORE-0064";

    /// <summary>A proven time lies after the verifier's time.</summary>
    public const string TimeInFuture = "AMN-SIGSTORE-0065";

    /// <summary>The policy names no signer; absent means deny.</summary>
    public const string PolicyNamesNoSigner = "AMN-SIGSTORE-0070";

    /// <summary>The signer's identity was vouched for by another OpenID Connect issuer.</summary>
    public const string Issuer = "AMN-SIGSTORE-0071";

    /// <summary>The signer is not the one that the policy names (subject alternative name).</summary>
    public const string Signer = "AMN-SIGSTORE-0072";

    /// <summary>The signing workflow ran for another repository.</summary>
    public const string WorkflowRepository = "AMN-SIGSTORE-0073";

    /// <summary>The signing workflow ran for another branch or tag.</summary>
    public const string WorkflowRef = "AMN-SIGSTORE-0074";

    /// <summary>The envelope's payload is of another media type.</summary>
    public const string PayloadType = "AMN-SIGSTORE-0080";

    /// <summary>The statement is of a type that the policy does not name.</summary>
    public const string StatementType = "AMN-SIGSTORE-0081";

    /// <summary>The predicate is of a type that the policy does not name.</summary>
    public const string PredicateType = "AMN-SIGSTORE-0082";

    /// <summary>The statement has no subject.</summary>
    public const string SubjectMissing = "AMN-SIGSTORE-0083";

    /// <summary>The statement is about another artifact.</summary>
    public const string SubjectDigest = "AMN-SIGSTORE-0084";
}
