using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>Tells claim sets apart by the claims that only their issuer makes. An EAR that breaks the draft is refused, not taken for something else.</summary>
static class TokenRecognition
{
    public static AttestationTokenKind Recognise(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object)
        {
            throw new TokenFormatException(0, "claims", "must be a JSON object", TokenCodes.TokenMalformed);
        }

        if (IsEar(claims))
        {
            _ = EarReader.Read(claims);
            return AttestationTokenKind.Ear;
        }

        if (All(claims, IsAppraisal))
        {
            _ = EarReader.ReadSubmodules(claims);
            return AttestationTokenKind.EarAppraisals;
        }

        return Issued(claims) ?? Shaped(claims);
    }

    static AttestationTokenKind? Issued(JsonElement claims)
    {
        if (IsNras(claims) || All(claims, IsNras))
        {
            return AttestationTokenKind.NrasClaims;
        }

        if (claims.TryGetProperty("x-ms-attestation-type", out _) || claims.TryGetProperty("x-ms-ver", out _))
        {
            return AttestationTokenKind.AzureAttestation;
        }

        if (Starts(claims, "iss", "https://confidentialcomputing.googleapis.com") || Text(claims, "swname") == "CONFIDENTIAL_SPACE")
        {
            return AttestationTokenKind.ConfidentialSpace;
        }

        return Contains(claims, "iss", "trustauthority.intel.com") || Contains(claims, "eat_profile", "trustauthority.intel.com")
            || (claims.TryGetProperty("attester_type", out _) && claims.TryGetProperty("verifier_instance_ids", out _))
            ? AttestationTokenKind.IntelTrustAuthority
            : null;
    }

    static AttestationTokenKind Shaped(JsonElement claims)
    {
        if (claims.TryGetProperty("x5c", out var chain) && chain.ValueKind == JsonValueKind.Array)
        {
            return AttestationTokenKind.KeyChain;
        }

        if (Is(claims, "attestation_report", JsonValueKind.Object) && claims.TryGetProperty("cert_chain", out _))
        {
            return AttestationTokenKind.SnpEvidence;
        }

        if (claims.TryGetProperty("quote", out var quote) && Is(quote, "header", JsonValueKind.Object) && Is(quote, "body", JsonValueKind.Object))
        {
            return AttestationTokenKind.TdxClaims;
        }

        return claims.TryGetProperty("eat_profile", out _) || claims.TryGetProperty("eat-profile", out _) || claims.TryGetProperty("eat_nonce", out _) || claims.TryGetProperty("ueid", out _)
            ? AttestationTokenKind.Eat
            : AttestationTokenKind.Unknown;
    }

    static bool IsEar(JsonElement claims) =>
        claims.TryGetProperty("ear_verifier_id", out _) || claims.TryGetProperty("ear.verifier-id", out _)
        || (claims.TryGetProperty("submods", out var submodules) && All(submodules, IsAppraisal));

    static bool IsAppraisal(JsonElement value) => value.ValueKind == JsonValueKind.Object && (value.TryGetProperty("ear_status", out _) || value.TryGetProperty("ear.status", out _));

    static bool IsNras(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any(member => member.Name.StartsWith("x-nvidia-", StringComparison.Ordinal));

    static bool All(JsonElement value, Func<JsonElement, bool> holds) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any() && value.EnumerateObject().All(member => holds(member.Value));

    static bool Is(JsonElement value, string name, JsonValueKind kind) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == kind;

    static bool Starts(JsonElement claims, string name, string prefix) => Text(claims, name)?.StartsWith(prefix, StringComparison.Ordinal) == true;

    static bool Contains(JsonElement claims, string name, string part) => Text(claims, name)?.Contains(part, StringComparison.Ordinal) == true;

    static string? Text(JsonElement claims, string name) => claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
