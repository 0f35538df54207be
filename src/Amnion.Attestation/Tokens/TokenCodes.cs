namespace Amnion.Attestation.Tokens;

/// <summary>Stable codes of tokens: Attestation Results (EAR), other verifiers' tokens and NVIDIA's. Codes are never reused or renumbered.</summary>
public static class TokenCodes
{
    /// <summary>The token is no well-formed EAR.</summary>
    public const string Malformed = "AMN-EAR-0001";

    /// <summary>The signature's algorithm is none, not allowed, or not the key's.</summary>
    public const string Algorithm = "AMN-EAR-0002";

    /// <summary>The token has critical headers, of which none is implemented.</summary>
    public const string Critical = "AMN-EAR-0003";

    /// <summary>The token says that it is of another type.</summary>
    public const string Type = "AMN-EAR-0004";

    /// <summary>The signature does not verify under the verifier's key.</summary>
    public const string Signature = "AMN-EAR-0005";

    /// <summary>The token follows another profile.</summary>
    public const string Profile = "AMN-EAR-0006";

    /// <summary>The token has expired, or says no time at which it does.</summary>
    public const string Expired = "AMN-EAR-0007";

    /// <summary>The token is dated in the future.</summary>
    public const string NotYetValid = "AMN-EAR-0008";

    /// <summary>The token is older than the relying party accepts.</summary>
    public const string TooOld = "AMN-EAR-0009";

    /// <summary>The token does not carry the relying party's nonce.</summary>
    public const string Nonce = "AMN-EAR-0010";

    /// <summary>The token was made by another verifier.</summary>
    public const string VerifierIdentity = "AMN-EAR-0011";

    /// <summary>A status is better than what it sums up.</summary>
    public const string StatusTooGood = "AMN-EAR-0012";

    /// <summary>The attester is not of the tier that the relying party wants.</summary>
    public const string Tier = "AMN-EAR-0013";

    /// <summary>Not a token or claim set that can be read.</summary>
    public const string TokenMalformed = "AMN-TOKEN-0001";

    /// <summary>The token is no detached bundle of NVIDIA's attestation service or local verifier.</summary>
    public const string NrasMalformed = "AMN-NRAS-0001";

    /// <summary>A token of the bundle is signed with an algorithm that is not allowed, or has critical headers.</summary>
    public const string NrasAlgorithm = "AMN-NRAS-0002";

    /// <summary>A token of the bundle does not verify under any of the given keys, or none was given.</summary>
    public const string NrasSignature = "AMN-NRAS-0003";

    /// <summary>The overall token does not bind the devices' tokens, or copies of claims differ from them.</summary>
    public const string NrasBinding = "AMN-NRAS-0004";

    /// <summary>A token was issued by somebody else.</summary>
    public const string NrasIssuer = "AMN-NRAS-0005";

    /// <summary>A token is not valid at the relying party's time.</summary>
    public const string NrasTime = "AMN-NRAS-0006";

    /// <summary>A token does not carry the relying party's nonce.</summary>
    public const string NrasNonce = "AMN-NRAS-0007";

    /// <summary>The verifier's own overall result is negative, or its tool reports an error.</summary>
    public const string NrasOverall = "AMN-NRAS-0008";

    /// <summary>The bundle has no device, or another number than the relying party expects.</summary>
    public const string NrasDevices = "AMN-NRAS-0009";

    /// <summary>A device's measurements do not equal the reference values.</summary>
    public const string NrasMeasurements = "AMN-NRAS-0010";

    /// <summary>A device did not boot securely.</summary>
    public const string NrasSecureBoot = "AMN-NRAS-0011";

    /// <summary>A device can be debugged.</summary>
    public const string NrasDebug = "AMN-NRAS-0012";

    /// <summary>A device's report was not verified in every respect.</summary>
    public const string NrasReport = "AMN-NRAS-0013";

    /// <summary>The reference values of a device were not verified in every respect.</summary>
    public const string NrasReferenceValues = "AMN-NRAS-0014";

    /// <summary>A certificate chain is not valid, or revoked.</summary>
    public const string NrasCertificates = "AMN-NRAS-0015";

    /// <summary>A device's version or model is not one the relying party accepts.</summary>
    public const string NrasVersion = "AMN-NRAS-0016";

    /// <summary>The service attached a warning.</summary>
    public const string NrasWarning = "AMN-NRAS-0017";
}
