namespace Amnion.Attestation;

/// <summary>Stable codes of checks of OCSP responses, shared by every format with such. Codes are never reused or renumbered.</summary>
public static class OcspCodes
{
    /// <summary>A response is not DER of the basic response type, or breaks a limit.</summary>
    public const string Malformed = "AMN-OCSP-0001";

    /// <summary>The responder gave an error instead of an answer.</summary>
    public const string NotSuccessful = "AMN-OCSP-0002";

    /// <summary>No response about a certificate was given.</summary>
    public const string Missing = "AMN-OCSP-0003";

    /// <summary>The response is by somebody whom the certificate's issuer did not authorise, or whose authorisation has ended.</summary>
    public const string ResponderNotAuthorized = "AMN-OCSP-0004";

    /// <summary>The response's signature does not verify.</summary>
    public const string Signature = "AMN-OCSP-0005";

    /// <summary>The response is outside its time, or states no end of it.</summary>
    public const string NotCurrent = "AMN-OCSP-0006";

    /// <summary>The response carries another nonce than the relying party's.</summary>
    public const string Nonce = "AMN-OCSP-0007";

    /// <summary>A certificate is revoked.</summary>
    public const string Revoked = "AMN-OCSP-0008";

    /// <summary>A certificate is on hold: revoked until further notice.</summary>
    public const string OnHold = "AMN-OCSP-0009";

    /// <summary>The responder does not know a certificate.</summary>
    public const string Unknown = "AMN-OCSP-0010";

    /// <summary>A response has a critical extension that is not applied.</summary>
    public const string CriticalExtension = "AMN-OCSP-0011";
}
