namespace Amnion.Attestation.Tokens;

/// <summary>Every check of an EAR.</summary>
static class EarRules
{
    const string Draft = "draft-ietf-rats-ear-04 ";

    public static readonly CheckRule Form = new(TokenCodes.Malformed, "token is well formed", Draft + "§3");
    public static readonly CheckRule Algorithm = new(TokenCodes.Algorithm, "algorithm is the key's", "RFC 8725 §3.1");
    public static readonly CheckRule Critical = new(TokenCodes.Critical, "no critical header is unknown", "RFC 7515 §4.1.11, RFC 9052 §3.1");
    public static readonly CheckRule Type = new(TokenCodes.Type, "token is of the expected type", "RFC 8725 §3.11, RFC 9782 §3");
    public static readonly CheckRule Signature = new(TokenCodes.Signature, "token is signed by the verifier's key", "RFC 7515 §5.2, RFC 9052 §4.4");
    public static readonly CheckRule Profile = new(TokenCodes.Profile, "token follows an accepted profile", "RFC 9711 §6.1", CheckKind.Policy);
    public static readonly CheckRule Expired = new(TokenCodes.Expired, "token has not expired", "RFC 7519 §4.1.4", CheckKind.Policy);
    public static readonly CheckRule NotYetValid = new(TokenCodes.NotYetValid, "token is not dated in the future", "RFC 7519 §4.1.5, §4.1.6", CheckKind.Policy);
    public static readonly CheckRule Age = new(TokenCodes.TooOld, "token is recent", "RFC 9334 §10", CheckKind.Policy);
    public static readonly CheckRule Nonce = new(TokenCodes.Nonce, "token carries the relying party's nonce", Draft + "§3, RFC 9711 §4.1", CheckKind.Policy);
    public static readonly CheckRule Verifier = new(TokenCodes.VerifierIdentity, "token is by the expected verifier", Draft + "§3", CheckKind.Policy);
    public static readonly CheckRule Consistent = new(TokenCodes.StatusTooGood, "no status is better than what it sums up", Draft + "§3, §3.1", CheckKind.Policy);
    public static readonly CheckRule Tier = new(TokenCodes.Tier, "every attester is of the wanted tier", "draft-ietf-rats-ar4si-09 §3.2", CheckKind.Policy);
}
