namespace Amnion.Attestation.Tokens;

/// <summary>Every check of a bundle by NVIDIA's Remote Attestation Service or local verifier.</summary>
static class NrasRules
{
    const string Claims = "NVIDIA attestation claims guide, ";

    public static readonly CheckRule Form = new(TokenCodes.NrasMalformed, "bundle is well formed", "RFC 9711 §5");
    public static readonly CheckRule Algorithm = new(TokenCodes.NrasAlgorithm, "every token is signed with ES384 or ES256 and no critical header", "RFC 8725 §3.1, RFC 7515 §4.1.11");
    public static readonly CheckRule Signature = new(TokenCodes.NrasSignature, "every token is signed by a given key", "RFC 7515 §5.2");
    public static readonly CheckRule Binding = new(TokenCodes.NrasBinding, "the overall token holds the digest of every device's token, and copies of claims agree", "RFC 9711 §4.2.18.2");
    public static readonly CheckRule Issuer = new(TokenCodes.NrasIssuer, "every token is by the expected service", "RFC 7519 §4.1.1");
    public static readonly CheckRule Time = new(TokenCodes.NrasTime, "every token is valid now", "RFC 7519 §4.1.4 to §4.1.6", CheckKind.Policy);
    public static readonly CheckRule Nonce = new(TokenCodes.NrasNonce, "every token carries the relying party's nonce", "RFC 9711 §4.1", CheckKind.Policy);
    public static readonly CheckRule Overall = new(TokenCodes.NrasOverall, "the verifier's overall result is positive", Claims + "x-nvidia-overall-att-result", CheckKind.Policy);
    public static readonly CheckRule Devices = new(TokenCodes.NrasDevices, "the bundle has the expected devices", Claims + "submods", CheckKind.Policy);
    public static readonly CheckRule Measurements = new(TokenCodes.NrasMeasurements, "measurements equal the reference values", Claims + "measres", CheckKind.Policy);
    public static readonly CheckRule SecureBoot = new(TokenCodes.NrasSecureBoot, "every device booted securely", Claims + "secboot", CheckKind.Policy);
    public static readonly CheckRule Debug = new(TokenCodes.NrasDebug, "no device can be debugged", Claims + "dbgstat; RFC 9711 §4.2.9", CheckKind.Policy);
    public static readonly CheckRule Report = new(TokenCodes.NrasReport, "every report was verified", Claims + "attestation report", CheckKind.Policy);
    public static readonly CheckRule ReferenceValues = new(TokenCodes.NrasReferenceValues, "all reference values were verified", Claims + "driver and firmware RIM", CheckKind.Policy);
    public static readonly CheckRule Certificates = new(TokenCodes.NrasCertificates, "every certificate chain is valid and not revoked", Claims + "certificate chains", CheckKind.Policy);
    public static readonly CheckRule Version = new(TokenCodes.NrasVersion, "models and versions are accepted ones", Claims + "versions", CheckKind.Policy);
    public static readonly CheckRule Warning = new(TokenCodes.NrasWarning, "the service attached no warning", Claims + "x-nvidia-attestation-warning", CheckKind.Policy);
}
