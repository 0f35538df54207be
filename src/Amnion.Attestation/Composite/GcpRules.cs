namespace Amnion.Attestation.Composite;

/// <summary>Every check of Confidential Space: its code, its words and where the rule stands.</summary>
static class GcpRules
{
    const string Claims = "Confidential Space token claims";

    public static readonly CheckRule WellFormed = new(GcpCodes.Malformed, "claims are well formed", Claims);
    public static readonly CheckRule Issuer = new(GcpCodes.Issuer, "claims are Confidential Space's", Claims + ", iss and eat_profile");
    public static readonly CheckRule Time = new(GcpCodes.Time, "claims are valid now", "RFC 7519 §4.1");
    public static readonly CheckRule Software = new(GcpCodes.Software, "workload runs on Confidential Space", Claims + ", swname", CheckKind.Policy);
    public static readonly CheckRule Hardware = new(GcpCodes.Hardware, "machine is a confidential VM", Claims + ", hwmodel", CheckKind.Policy);
    public static readonly CheckRule SecureBoot = new(GcpCodes.SecureBoot, "Secure Boot is on", Claims + ", secboot", CheckKind.Policy);
    public static readonly CheckRule Debug = new(GcpCodes.Debug, "debugging is off since boot", Claims + ", dbgstat; RFC 9711 §4.2.9", CheckKind.Policy);
    public static readonly CheckRule Support = new(GcpCodes.Support, "image of Confidential Space is supported", Claims + ", support_attributes", CheckKind.Policy);
    public static readonly CheckRule Monitoring = new(GcpCodes.Monitoring, "memory monitoring is off", Claims + ", monitoring_enabled", CheckKind.Policy);
    public static readonly CheckRule Image = new(GcpCodes.Image, "container's image is named by a digest", Claims + ", submods.container", CheckKind.Policy);
    public static readonly CheckRule Audience = new(GcpCodes.Audience, "claims are for this relying party", "RFC 7519 §4.1.3", CheckKind.Policy);
    public static readonly CheckRule Nonce = new(GcpCodes.Nonce, "claims carry the relying party's nonce", "RFC 9711 §4.1", CheckKind.Policy);
    public static readonly CheckRule PinsImage = new(AttestationCodes.PolicyPinsNoCode, "policy names the code that runs", Claims + ", submods.container", CheckKind.Policy);
    public static readonly CheckRule ImageValue = new(AttestationCodes.FieldMismatch, "field has a Reference Value", "RFC 9334 §8.3", CheckKind.Policy);
}
