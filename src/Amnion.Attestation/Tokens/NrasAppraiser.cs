using System.Globalization;
using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// Appraises a bundle by NVIDIA's Remote Attestation Service, or by NVIDIA's local verifier: signatures, what binds its tokens together, and every claim
/// that decides. That a bundle is there, or that the service calls its own result positive, is never enough.
/// </summary>
public static class NrasAppraiser
{
    /// <summary>Appraises a bundle; a negative answer is data, never an exception.</summary>
    /// <param name="bundle">The service's answer or the tool's output, JSON of at most 1 MiB.</param>
    /// <param name="keys">
    /// The service's keys, which the relying party knows from elsewhere. Without any the signatures go unchecked, which rejects unless <see cref="NrasExpectation.MaySkip"/>
    /// says otherwise.
    /// </param>
    /// <param name="expected">What the relying party asks for.</param>
    public static TokenVerification Appraise(ReadOnlySpan<byte> bundle, IReadOnlyCollection<TokenKey> keys, NrasExpectation expected)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(expected);
        var checks = new CheckList(expected.MaySkip);
        try
        {
            using var document = TokenJson.Parse(bundle, JsonWebSignature.MaxLength, "bundle", TokenCodes.NrasMalformed);
            var parsed = NrasBundle.Read(document.RootElement);
            checks.Add(NrasRules.Form, holds: true);
            CheckAuthenticity(parsed, keys, expected, checks);
            CheckFreshness(parsed, expected, checks);
            NrasDeviceChecks.Check(parsed, expected, checks);
            return new TokenVerification(checks.ToImmutable(), checks.Authentic ? AttestationToken.Parse(bundle).Fields : []);
        }
        catch (TokenFormatException exception)
        {
            var malformed = new CheckList();
            malformed.Add(NrasRules.Form, CheckOutcome.Fail, "a detached EAT bundle", exception.Message);
            return new TokenVerification(malformed.ToImmutable(), []);
        }
    }

    static void CheckAuthenticity(NrasBundle bundle, IReadOnlyCollection<TokenKey> keys, NrasExpectation expected, CheckList checks)
    {
        var tokens = Tokens(bundle);
        CheckSignatures(tokens, keys, checks);
        checks.Add(NrasRules.Binding, NrasBinding.Problems(bundle), "every device's token by its SHA-256, and no other; the same claims beside them");
        checks.Add(NrasRules.Issuer, [.. tokens.Where(token => Text(token.Claims, "iss") != expected.Issuer).Select(token => token.Name)], expected.Issuer);
    }

    static void CheckSignatures(List<(string Name, TokenEnvelope Token, JsonElement Claims)> tokens, IReadOnlyCollection<TokenKey> keys, CheckList checks)
    {
        // A local verifier signs nothing and says so. One such token among signed ones is no such result, and neither is one with a signature.
        var unsigned = tokens.TrueForAll(token => token.Token is { Critical: false, Algorithm: "none", Signature.Length: 0 });
        if (unsigned)
        {
            checks.Skip(NrasRules.Algorithm, "no token is signed", "ES384 or ES256");
        }
        else
        {
            checks.Add(NrasRules.Algorithm, [.. tokens.Where(token => token.Token.Critical || token.Token.Algorithm is not ("ES384" or "ES256")).Select(token => token.Name)], "ES384 or ES256");
        }

        if (keys.Count == 0)
        {
            var algorithms = tokens.Select(token => token.Token.Algorithm is "ES384" or "ES256" or "none" ? token.Token.Algorithm : "another algorithm").Distinct();
            checks.Skip(NrasRules.Signature, unsigned ? "the tokens are not signed" : "no key was given for " + string.Join(", ", algorithms), "a given key");
            return;
        }

        checks.Add(NrasRules.Signature, [.. tokens.Where(token => !SignedByOne(token.Token, keys)).Select(token => token.Name)], "a given key");
    }

    static void CheckFreshness(NrasBundle bundle, NrasExpectation expected, CheckList checks)
    {
        var tokens = Tokens(bundle);
        checks.Add(NrasRules.Time, [.. tokens.Where(token => !InTime(token.Claims, expected)).Select(token => token.Name)], "valid at " + expected.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        var nonce = Convert.ToHexStringLower(expected.Nonce.Span);
        var without = expected.Nonce.Length < Nonce.MinLength ? ["no nonce of 16 bytes or more was given"] : tokens.Where(token => Text(token.Claims, "eat_nonce")?.ToLowerInvariant() != nonce).Select(token => token.Name).ToList();
        checks.Add(NrasRules.Nonce, without, nonce);
        CheckOverall(bundle, checks);
    }

    static void CheckOverall(NrasBundle bundle, CheckList checks)
    {
        var problems = new List<string>();
        if (!Is(bundle.OverallClaims, "x-nvidia-overall-att-result"))
        {
            problems.Add("x-nvidia-overall-att-result " + Shown(bundle.OverallClaims, "x-nvidia-overall-att-result"));
        }

        if (bundle.Code is { } code and not 0)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"result_code {code}"));
        }

        checks.Add(NrasRules.Overall, problems, "true, and no error of the tool");
    }

    static List<(string Name, TokenEnvelope Token, JsonElement Claims)> Tokens(NrasBundle bundle) =>
        [("overall", bundle.Overall, bundle.OverallClaims), .. bundle.Devices.Select(device => (device.Name, device.Token, device.Claims))];

    static bool SignedByOne(TokenEnvelope token, IReadOnlyCollection<TokenKey> keys) =>
        token is { Critical: false, Algorithm: "ES384" or "ES256" }
        && keys.Any(key => (key.KeyId is null || token.KeyId is null || key.KeyId == token.KeyId) && key.Verify(token.Algorithm, token.Input, token.Signature));

    static bool InTime(JsonElement claims, NrasExpectation expected)
    {
        var (now, skew) = (expected.Now.ToUnixTimeSeconds(), (long)expected.ClockSkew.TotalSeconds);
        return Number(claims, "exp") is { } exp && exp > now - skew && Number(claims, "iat") is { } iat && iat <= now + skew && (!claims.TryGetProperty("nbf", out _) || (Number(claims, "nbf") is { } nbf && nbf <= now + skew));
    }

    static long? Number(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number is >= 0 and < 1L << 40 ? number : null;

    internal static string? Text(JsonElement claims, string name) => claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    internal static bool Is(JsonElement claims, string name) => claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    internal static string Shown(JsonElement claims, string name) => claims.TryGetProperty(name, out var value)
        ? value.ValueKind switch { JsonValueKind.True => "true", JsonValueKind.False => "false", JsonValueKind.Null => "null", _ => "another value" }
        : "absent";
}
