namespace Amnion.Attestation.Tokens;

/// <summary>What a token or claim set is, told by its form and claims. Recognition is no verification.</summary>
public enum AttestationTokenKind
{
    /// <summary>A JSON object of another kind.</summary>
    Unknown,

    /// <summary>An EAT (RFC 9711) or JWT of a profile that is not known here.</summary>
    Eat,

    /// <summary>An EAR: an Attestation Result of Amnion, Veraison, Trustee or another verifier.</summary>
    Ear,

    /// <summary>The attesters of an EAR without their envelope.</summary>
    EarAppraisals,

    /// <summary>A detached EAT bundle of NVIDIA's attestation service: one overall token and one per device.</summary>
    NrasBundle,

    /// <summary>Claims of NVIDIA's attestation service, of one device or of several by name.</summary>
    NrasClaims,

    /// <summary>A key with a certificate chain (x5c), as key sets publish them.</summary>
    KeyChain,

    /// <summary>Microsoft Azure Attestation.</summary>
    AzureAttestation,

    /// <summary>Intel Trust Authority.</summary>
    IntelTrustAuthority,

    /// <summary>Google Confidential Space.</summary>
    ConfidentialSpace,

    /// <summary>An AMD SEV-SNP report with certificates as Trustee carries it in JSON: Evidence, no result.</summary>
    SnpEvidence,

    /// <summary>The parts of an Intel TDX quote as Trustee's claims: parsed Evidence, no result.</summary>
    TdxClaims,
}
