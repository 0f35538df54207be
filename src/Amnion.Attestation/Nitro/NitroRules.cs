using System.Globalization;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Nitro;

/// <summary>Every check of Nitro Evidence: its code, its words and where the rule stands.</summary>
static class NitroRules
{
    const string Aws = "AWS Nitro Enclaves attestation process ";

    public static readonly CheckRule Document = new(NitroCodes.Malformed, "document is well formed", Aws + "§3.2.2");
    public static readonly CheckRule NitroTpm = new(NitroCodes.NitroTpm, "document is an enclave's", Aws + "§2.2");
    public static readonly CheckRule UnknownFields = new(NitroCodes.UnknownFields, "document holds known members only", Aws + "§3.2.2.1");
    public static readonly CheckRule Certificates = new(NitroCodes.CertificateMalformed, "certificates are well formed", "RFC 5280 §4.1");
    public static readonly CheckRule Signature = new(NitroCodes.Signature, "document is signed by the leaf key", "RFC 9052 §4.4");
    public static readonly CheckRule Future = new(NitroCodes.TimestampInFuture, "document is not dated in the future", "RFC 9334 §10.1");
    public static readonly CheckRule Age = new(NitroCodes.TooOld, "document is recent", "RFC 9334 §10.1", CheckKind.Policy);
    public static readonly CheckRule Nonce = new(NitroCodes.Nonce, "document carries the relying party's nonce", Aws + "§2.2.2", CheckKind.Policy);
    public static readonly CheckRule UserData = new(NitroCodes.UserData, "document binds the expected value", Aws + "§2.2.2", CheckKind.Policy);
    public static readonly CheckRule Debug = new(NitroCodes.Debug, "enclave is not in debug mode", "AWS Nitro Enclaves User Guide, Debug mode", CheckKind.Policy);
    public static readonly CheckRule RegisterMissing = new(NitroCodes.RegisterMissing, "register is in the document", Aws + "§2.2", CheckKind.Policy);
    public static readonly CheckRule RegisterMismatch = new(NitroCodes.RegisterMismatch, "register equals a Reference Value", "RFC 9334 §8.3", CheckKind.Policy);
    public static readonly CheckRule PinsCode = new(AttestationCodes.PolicyPinsNoCode, "policy names the code that runs", "Amnion policy format §3", CheckKind.Policy);
    public static readonly CheckRule RegisterValues = new(AttestationCodes.PolicyRegisterWithoutValues, "policy has Reference Values for the register", "Amnion policy format §3", CheckKind.Policy);
    public static readonly CheckRule AnchorFits = new(AttestationCodes.PolicyAnchorUnfit, "trust anchor fits the platform", "Amnion policy format §2", CheckKind.Policy);

    /// <summary>The chain's checks under Nitro's own codes, which are older than the shared ones.</summary>
    public static readonly PathRules Path = new()
    {
        KeyType = new(NitroCodes.KeyType, "every key is P-384", "RFC 5480 §2.1.1"),
        SignatureAlgorithm = new(NitroCodes.SignatureAlgorithm, "every certificate is signed with ECDSA and SHA-384", "RFC 5758 §3.2"),
        TrustAnchor = new(NitroCodes.TrustAnchor, "the root is the trust anchor", "RFC 5280 §6.1.1 (d)"),
        RootSelfSigned = new(NitroCodes.RootNotSelfSigned, "the root is signed by itself", "RFC 5280 §3.2"),
        NameChaining = new(NitroCodes.NameChaining, "issuers and subjects form a chain, root first", "RFC 5280 §6.1.3 (a)(4)"),
        CertificateSignature = new(NitroCodes.CertificateSignature, "every certificate is signed by the one before it", "RFC 5280 §6.1.3 (a)(1)"),
        NotYetValid = new(NitroCodes.NotYetValid, "no certificate starts later", "RFC 5280 §6.1.3 (a)(2)"),
        Expired = new(NitroCodes.Expired, "no certificate has expired", "RFC 5280 §6.1.3 (a)(2)"),
        CertificateAuthority = new(NitroCodes.NotCertificateAuthority, "every certificate of the bundle is a CA", Aws + "§3.2.3.2"),
        LeafNotAuthority = new(NitroCodes.LeafIsCertificateAuthority, "the leaf certificate is not a CA", Aws + "§3.2.3.3"),
        PathLength = new(NitroCodes.PathLength, "path lengths are kept", "RFC 5280 §6.1.4 (l)"),
        KeyCertSign = new(NitroCodes.KeyCertSign, "every CA may sign certificates", "RFC 5280 §6.1.4 (n)"),
        DigitalSignature = new(NitroCodes.DigitalSignature, "the leaf may make signatures", Aws + "§3.2.3.3"),
        CriticalExtension = new(NitroCodes.CriticalExtension, "every critical extension is applied", "RFC 5280 §6.1.4 (o)"),
        Revoked = new(NitroCodes.Revoked, "no certificate is revoked by the relying party", "RFC 5280 §5.3"),
        RevokedByIssuer = new(NitroCodes.RevokedByIssuer, "no certificate is revoked by its issuer", "RFC 5280 §6.3.3"),
        RevocationLists = new(NitroCodes.RevocationListUnusable, "revocation lists can be relied on", "RFC 5280 §6.3.3"),
    };

    /// <summary>What AWS's certificates look like: P-384 and SHA-384 throughout. Its own process uses no revocation lists (§3.2.4).</summary>
    public static readonly ChainProfile Profile = new()
    {
        Rules = Path,
        Keys = [KeyKind.P384],
        Signatures = [new SignatureAlgorithm(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384)],
        Label = Label,
    };

    public static string Label(int index, int count) =>
        index == count - 1 ? "certificate" : string.Create(CultureInfo.InvariantCulture, $"cabundle[{index}]");
}
