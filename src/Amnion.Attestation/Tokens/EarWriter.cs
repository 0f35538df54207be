using System.Buffers.Text;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Attestation.Tokens;

/// <summary>Writes an Attestation Result as EAR claims, canonical JSON (RFC 8785).</summary>
static class EarWriter
{
    static readonly string[] s_tiers = ["none", "affirming", "warning", "contraindicated"];

    public static byte[] Write(AttestationResult result, EarOptions options)
    {
        Validate(options);
        var dotted = EarProfiles.Dotted(options.Profile);
        var (vector, status) = TrustDerivation.Of(result);
        var issued = options.IssuedAt.ToUnixTimeSeconds();
        return CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("eat_profile", options.Profile);
            json.WriteNumber("iat", issued);
            json.WriteNumber("exp", issued + (long)options.Lifetime.TotalSeconds);
            if (!options.Nonce.IsEmpty)
            {
                json.WriteString("eat_nonce", Base64Url.EncodeToString(options.Nonce.Span));
            }

            json.WriteStartObject(dotted ? "ear.verifier-id" : "ear_verifier_id");
            json.WriteString("developer", options.VerifierDeveloper);
            json.WriteString("build", options.VerifierBuild);
            json.WriteEndObject();
            if (!dotted)
            {
                json.WriteString("ear_status", Name(status));
            }

            json.WriteStartObject("submods");
            json.WritePropertyName(options.Attester ?? result.Platform);
            WriteAppraisal(json, result, options, vector, status, dotted);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>The drafts' word for a tier.</summary>
    public static string Name(TrustTier tier) => tier switch
    {
        TrustTier.Affirming => s_tiers[1],
        TrustTier.Warning => s_tiers[2],
        TrustTier.Contraindicated => s_tiers[3],
        _ => s_tiers[0],
    };

    static void WriteAppraisal(Utf8JsonWriter json, AttestationResult result, EarOptions options, TrustVector vector, TrustTier status, bool dotted)
    {
        json.WriteStartObject();
        json.WriteString(dotted ? "ear.status" : "ear_status", Name(status));
        json.WriteStartObject(dotted ? "ear.trustworthiness-vector" : "ear_trustworthiness_vector");
        var values = vector.Values;
        for (var i = 0; i < values.Length; i++)
        {
            json.WriteNumber(TrustVector.Names[i], values[i]);
        }

        json.WriteEndObject();
        if (options.PolicyId is not null && dotted)
        {
            json.WriteString("ear.appraisal-policy-id", options.PolicyId);
        }
        else if (options.PolicyId is not null)
        {
            json.WriteStartArray("ear_appraisal_policy_ids");
            json.WriteStringValue(options.PolicyId);
            json.WriteEndArray();
        }

        // The nonce is the Evidence's only where the Evidence is authentic; RFC 9711 §4.1 has no room for others.
        if (!dotted && result.Claims?.Nonce is { Length: >= 8 and <= 64 } nonce)
        {
            json.WriteString("eat_nonce", Base64Url.EncodeToString(nonce.Span));
        }

        WriteFields(json, result, options, dotted);
        WriteChecks(json, result, dotted);
        json.WriteEndObject();
    }

    static void WriteFields(Utf8JsonWriter json, AttestationResult result, EarOptions options, bool dotted)
    {
        if (!options.IncludeFields || result.Claims is null || result.Claims.Fields.IsDefaultOrEmpty)
        {
            return;
        }

        json.WriteStartObject(dotted ? "ear.veraison.annotated-evidence" : "ear_attester_claims");
        foreach (var field in result.Claims.Fields.DistinctBy(field => field.Name))
        {
            json.WriteString(field.Name, field.Value);
        }

        json.WriteEndObject();
    }

    static void WriteChecks(Utf8JsonWriter json, AttestationResult result, bool dotted)
    {
        json.WriteStartObject(dotted ? "ear.veraison.policy-claims" : "ear_verifier_claims");
        json.WriteStartObject("amnion_result");
        json.WriteString("platform", result.Platform);
        json.WriteString("verdict", result.Verdict.ToString());
        json.WriteBoolean("emulated", result.Emulated);
        json.WriteBoolean("audit", result.AtDocumentTime);
        json.WriteStartArray("checks");
        foreach (var check in result.Checks)
        {
            json.WriteStartObject();
            json.WriteString("code", check.Code);
            json.WriteString("name", check.Name);
            json.WriteString("kind", check.Kind.ToString());
            json.WriteString("outcome", check.Outcome.ToString());
            json.WriteBoolean("required", check.Required);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Validate(EarOptions options)
    {
        foreach (var (name, text) in new[] { (nameof(options.Profile), options.Profile), (nameof(options.VerifierDeveloper), options.VerifierDeveloper), (nameof(options.VerifierBuild), options.VerifierBuild), (nameof(options.PolicyId), options.PolicyId ?? "-"), (nameof(options.Attester), options.Attester ?? "-"), (nameof(options.KeyId), options.KeyId ?? "-") })
        {
            if (text.Length is 0 or > 256)
            {
                throw new ArgumentException($"{name} is {text.Length} characters; expected 1 to 256.", nameof(options));
            }
        }

        if (options.Lifetime < TimeSpan.FromSeconds(1) || options.Lifetime > EarOptions.MaxLifetime)
        {
            throw new ArgumentException($"Lifetime is {options.Lifetime}; expected a second to {EarOptions.MaxLifetime}.", nameof(options));
        }

        if (options.Nonce.Length is not 0 and (< 8 or > 64))
        {
            throw new ArgumentException($"Nonce is {options.Nonce.Length} bytes; expected none, or 8 to 64.", nameof(options));
        }
    }
}
