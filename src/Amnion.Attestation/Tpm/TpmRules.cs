namespace Amnion.Attestation.Tpm;

/// <summary>Every check of TPM 2.0 Evidence: its code, its words and where the rule stands.</summary>
static class TpmRules
{
    const string Part1 = "TPM 2.0 Library Part 1 ";
    const string Part2 = "TPM 2.0 Library Part 2 ";
    const string Part3 = "TPM 2.0 Library Part 3 ";
    const string Ek = "TCG EK Credential Profile for TPM 2.0 ";

    public static readonly CheckRule Evidence = new(TpmCodes.Malformed, "Evidence is well formed", Part2 + "§10.12");
    public static readonly CheckRule IsQuote = new(TpmCodes.NotAQuote, "a TPM made it, and it is a quote", Part2 + "§6.2, §10.12.8");
    public static readonly CheckRule Certificates = new(TpmCodes.CertificateMalformed, "certificates are well formed", "RFC 5280 §4.1");
    public static readonly CheckRule SignatureAlgorithm = new(TpmCodes.SignatureAlgorithm, "signature scheme fits the key and is no SHA-1", "NIST SP 800-131A §9");
    public static readonly CheckRule Signature = new(TpmCodes.Signature, "quote is signed by the attestation key", Part3 + "§18.4");
    public static readonly CheckRule KeyType = new(TpmCodes.KeyType, "attestation key is of an accepted kind and size", "NIST SP 800-131A §3");
    public static readonly CheckRule KeyAttributes = new(TpmCodes.KeyAttributes, "attestation key signs only what its TPM made", Part1 + "§25.1.5, " + Part2 + "§8.3");
    public static readonly CheckRule Provenance = new(TpmCodes.Provenance, "attestation key is vouched for", "RFC 9334 §7");
    public static readonly CheckRule KeyPurpose = new(TpmCodes.KeyPurpose, "attestation key's certificate is for attestation", "TCG Credential Profiles §3.5.1");
    public static readonly CheckRule Bank = new(TpmCodes.Bank, "registers of a bank of SHA-256 or longer are quoted", "TCG PC Client Platform TPM Profile §4.6");
    public static readonly CheckRule Selection = new(TpmCodes.Selection, "quote covers the required registers", Part2 + "§10.6.2, CVE-2022-0317");
    public static readonly CheckRule UnquotedValues = new(TpmCodes.UnquotedValues, "every register value presented is covered by a quote", "CVE-2022-0317");
    public static readonly CheckRule PcrDigest = new(TpmCodes.PcrDigest, "quoted digest is that of the register values", Part3 + "§18.4");
    public static readonly CheckRule Nonce = new(TpmCodes.Nonce, "quote carries the relying party's nonce", "RFC 9334 §10.2");
    public static readonly CheckRule QuotesDiffer = new(TpmCodes.QuotesDiffer, "quotes are of one TPM in one boot, each of another bank", Part2 + "§10.11");
    public static readonly CheckRule EndorsementProfile = new(TpmCodes.EndorsementProfile, "endorsement key's certificate keeps the profile", Ek + "§3.2");
    public static readonly CheckRule EndorsementChain = new(TpmCodes.EndorsementChain, "endorsement key's certificate leads to a trust anchor", Ek + "§2");
}
