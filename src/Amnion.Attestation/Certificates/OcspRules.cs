namespace Amnion.Attestation.Certificates;

/// <summary>The checks of OCSP responses. RFC 6960 §3.2.</summary>
static class OcspRules
{
    public static readonly CheckRule Malformed = new(OcspCodes.Malformed, "OCSP responses parse", "RFC 6960 §4.2.1");
    public static readonly CheckRule Successful = new(OcspCodes.NotSuccessful, "the responder answered", "RFC 6960 §4.2.1");
    public static readonly CheckRule Missing = new(OcspCodes.Missing, "every certificate below the root has an OCSP answer", "RFC 6960 §3.2 (1)");
    public static readonly CheckRule Responder = new(OcspCodes.ResponderNotAuthorized, "the responder is the issuer or authorised by it", "RFC 6960 §4.2.2.2");
    public static readonly CheckRule Signature = new(OcspCodes.Signature, "the answer is signed by the responder", "RFC 6960 §3.2 (2)");
    public static readonly CheckRule Current = new(OcspCodes.NotCurrent, "the answer is current", "RFC 6960 §3.2 (5)-(6)");
    public static readonly CheckRule Nonce = new(OcspCodes.Nonce, "the answer carries the requester's nonce", "RFC 6960 §4.4.1");
    public static readonly CheckRule Revoked = new(OcspCodes.Revoked, "no certificate is revoked", "RFC 6960 §2.2");
    public static readonly CheckRule OnHold = new(OcspCodes.OnHold, "no certificate is on hold", "RFC 5280 §5.3.1");
    public static readonly CheckRule Unknown = new(OcspCodes.Unknown, "the responder knows every certificate", "RFC 6960 §2.2");
    public static readonly CheckRule CriticalExtension = new(OcspCodes.CriticalExtension, "every critical extension is applied", "RFC 6960 §4.4");
}
