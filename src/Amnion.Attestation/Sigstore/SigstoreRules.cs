namespace Amnion.Attestation.Sigstore;

/// <summary>Every check of signed provenance: its code, its words and where the rule stands.</summary>
static class SigstoreRules
{
    const string Client = "Sigstore client specification ";
    const string Bundle = "Sigstore bundle format ";

    public static readonly CheckRule BundleFormat = new(SigstoreCodes.BundleMalformed, "bundle is well formed", Bundle + "v0.1 to v0.3");
    public static readonly CheckRule TrustedRoot = new(SigstoreCodes.TrustedRootMalformed, "trusted root is well formed", "Sigstore trusted root v0.1, v0.2");
    public static readonly CheckRule Statement = new(SigstoreCodes.StatementMalformed, "payload is an in-toto statement", "in-toto Attestation Framework, Statement");
    public static readonly CheckRule Certificate = new(SigstoreCodes.CertificateMalformed, "signing certificate is well formed", "RFC 5280 §4.1; Fulcio OID information");
    public static readonly CheckRule UnsupportedKey = new(SigstoreCodes.UnsupportedKey, "every key needed is of an algorithm this build verifies", "Sigstore algorithm registry");
    public static readonly CheckRule SignatureCount = new(SigstoreCodes.SignatureCount, "envelope has exactly one signature", Bundle + "dsse_envelope");
    public static readonly CheckRule RootInBundle = new(SigstoreCodes.RootInBundle, "bundle brings no root certificate", Bundle + "x509_certificate_chain");
    public static readonly CheckRule SignerKind = new(SigstoreCodes.SignerKind, "bundle is signed with the kind of key the policy expects", Bundle + "verification_material");
    public static readonly CheckRule Signature = new(SigstoreCodes.Signature, "content is signed by the signer's key", "DSSE protocol v1.0.0; " + Client + "§4");
    public static readonly CheckRule MessageDigest = new(SigstoreCodes.MessageDigest, "bundle's message digest is the artifact's", Bundle + "message_signature");

    public static readonly CheckRule NoAuthority = new(SigstoreCodes.NoAuthority, "a trusted certificate authority issued the certificate", Client + "§4 (certificate)");
    public static readonly CheckRule CertificateTime = new(SigstoreCodes.CertificateTime, "certificate was valid at every proven time", Client + "§4 (certificate)");
    public static readonly CheckRule CodeSigning = new(SigstoreCodes.CodeSigning, "certificate is for code signing", "RFC 5280 §4.2.1.12");
    public static readonly CheckRule SubjectName = new(SigstoreCodes.SubjectName, "certificate names exactly one signer", "Fulcio certificate specification");

    public static readonly CheckRule SctMalformed = new(SigstoreCodes.SctMalformed, "certificate timestamps are well formed", "RFC 6962 §3.3");
    public static readonly CheckRule SctDuplicateLog = new(SigstoreCodes.SctDuplicateLog, "certificate timestamps are of different logs", "RFC 6962 §3.3");
    public static readonly CheckRule SctSignature = new(SigstoreCodes.SctSignature, "certificate timestamps of trusted logs verify", "RFC 6962 §3.2");
    public static readonly CheckRule SctCount = new(SigstoreCodes.SctCount, "enough certificate timestamps verify", Client + "§4 (certificate transparency)");

    public static readonly CheckRule LogEntryCount = new(SigstoreCodes.LogEntryCount, "number of log entries is what the policy asks for", Client + "§4 (transparency log)");
    public static readonly CheckRule LogEntryTwice = new(SigstoreCodes.LogEntryTwice, "every log entry stands once", Client + "§4 (transparency log)");
    public static readonly CheckRule LogUnknown = new(SigstoreCodes.LogUnknown, "entry is of a trusted log", Client + "§4 (transparency log)");
    public static readonly CheckRule InclusionMissing = new(SigstoreCodes.InclusionMissing, "entry brings what its bundle version asks for", Bundle + "tlog_entries");
    public static readonly CheckRule InclusionProof = new(SigstoreCodes.InclusionProof, "entry is in the log's tree", "RFC 9162 §2.1.3.2");
    public static readonly CheckRule CheckpointMalformed = new(SigstoreCodes.CheckpointMalformed, "checkpoint is a signed note", "C2SP tlog-checkpoint, signed-note");
    public static readonly CheckRule CheckpointRoot = new(SigstoreCodes.CheckpointRoot, "checkpoint is of the proof's tree", "C2SP tlog-checkpoint");
    public static readonly CheckRule CheckpointSignature = new(SigstoreCodes.CheckpointSignature, "checkpoint is signed by the log", "C2SP signed-note");
    public static readonly CheckRule InclusionPromise = new(SigstoreCodes.InclusionPromise, "log's promise verifies", "Rekor signed entry timestamp");
    public static readonly CheckRule EntryBody = new(SigstoreCodes.EntryBody, "entry records this signature, signer and content", Client + "§4 (transparency log)");

    public static readonly CheckRule TimestampMalformed = new(SigstoreCodes.TimestampMalformed, "timestamp token is well formed and granted", "RFC 3161 §2.4.2");
    public static readonly CheckRule TimestampImprint = new(SigstoreCodes.TimestampImprint, "timestamp is of this signature", "RFC 3161 §2.4.2");
    public static readonly CheckRule TimestampAuthority = new(SigstoreCodes.TimestampAuthority, "timestamp is of a trusted authority", "RFC 3161 §2.3");
    public static readonly CheckRule TimestampSignature = new(SigstoreCodes.TimestampSignature, "timestamp's signature verifies", "RFC 5652 §5.6, RFC 5816");
    public static readonly CheckRule ObserverTimestamps = new(SigstoreCodes.ObserverTimestamps, "enough times of the signature are proven", Client + "§4 (establishing a time)");
    public static readonly CheckRule TimeInFuture = new(SigstoreCodes.TimeInFuture, "no proven time lies in the future", "RFC 9334 §10.1");

    public static readonly CheckRule PolicyNamesSigner = new(SigstoreCodes.PolicyNamesNoSigner, "policy names the signer", "Amnion provenance policy §2", CheckKind.Policy);
    public static readonly CheckRule Issuer = new(SigstoreCodes.Issuer, "identity is of the policy's issuer", "Fulcio OID information, 1.3.6.1.4.1.57264.1.8 and .1", CheckKind.Policy);
    public static readonly CheckRule Signer = new(SigstoreCodes.Signer, "signer is the policy's", "Fulcio certificate specification", CheckKind.Policy);
    public static readonly CheckRule WorkflowRepository = new(SigstoreCodes.WorkflowRepository, "workflow ran for the policy's repository", "Fulcio OID information, 1.3.6.1.4.1.57264.1.5 and .12", CheckKind.Policy);
    public static readonly CheckRule WorkflowRef = new(SigstoreCodes.WorkflowRef, "workflow ran for a branch or tag the policy accepts", "Fulcio OID information, 1.3.6.1.4.1.57264.1.6 and .14", CheckKind.Policy);
    public static readonly CheckRule PayloadType = new(SigstoreCodes.PayloadType, "payload is of the policy's media type", "DSSE envelope v1.0.0", CheckKind.Policy);
    public static readonly CheckRule StatementType = new(SigstoreCodes.StatementType, "statement is of a type the policy names", "in-toto Attestation Framework, Statement", CheckKind.Policy);
    public static readonly CheckRule PredicateType = new(SigstoreCodes.PredicateType, "predicate is of a type the policy names", "in-toto Attestation Framework, Predicate", CheckKind.Policy);
    public static readonly CheckRule SubjectMissing = new(SigstoreCodes.SubjectMissing, "statement has a subject", "in-toto Attestation Framework, Statement", CheckKind.Policy);
    public static readonly CheckRule SubjectDigest = new(SigstoreCodes.SubjectDigest, "statement is about the policy's artifact", "in-toto Attestation Framework, ResourceDescriptor", CheckKind.Policy);
}
