namespace Amnion.Attestation.Composite;

/// <summary>The checks of NitroTPM documents besides those of their chains.</summary>
static class NitroTpmRules
{
    const string Aws = "Amazon EC2 User Guide, NitroTPM attestation document";

    public static readonly CheckRule Document = new(NitroTpmCodes.Malformed, "document is well formed", Aws);
    public static readonly CheckRule EnclaveDocument = new(NitroTpmCodes.EnclaveDocument, "document is a NitroTPM's", Aws);
    public static readonly CheckRule Future = new(NitroTpmCodes.TimestampInFuture, "document is not dated in the future", "RFC 9334 §10.1");
    public static readonly CheckRule Age = new(NitroTpmCodes.TooOld, "document is recent", "RFC 9334 §10.1", CheckKind.Policy);
}
