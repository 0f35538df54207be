using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// Appraises a bundle by NVIDIA's Remote Attestation Service: signatures, what binds its tokens together, and every claim that decides. That a
/// bundle is there, or that the service calls its own result positive, is never enough.
/// </summary>
public static class NrasAppraiser
{
    /// <summary>Appraises a bundle; a negative answer is data, never an exception.</summary>
    /// <param name="bundle">The service's answer, JSON.</param>
    /// <param name="keys">The service's keys, which the relying party knows from elsewhere; without any the bundle is refused.</param>
    /// <param name="expected">What the relying party asks for.</param>
    public static TokenVerification Appraise(ReadOnlySpan<byte> bundle, IReadOnlyCollection<TokenKey> keys, NrasExpectation expected)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(expected);
        var checks = new CheckList();
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
        checks.Add(NrasRules.Algorithm, [.. tokens.Where(token => token.Token.Critical || token.Token.Algorithm is not ("ES384" or "ES256")).Select(token => token.Name)], "ES384 or ES256");
        checks.Add(NrasRules.Signature, [.. tokens.Where(token => !SignedByOne(token.Token, keys)).Select(token => token.Name)], keys.Count == 0 ? "a key; none was given" : "a given key");
        checks.Add(NrasRules.Binding, Unbound(bundle), "every device's token by its SHA-256, and no other");
        checks.Add(NrasRules.Issuer, [.. tokens.Where(token => Text(token.Claims, "iss") != expected.Issuer).Select(token => token.Name)], expected.Issuer);
    }

    static void CheckFreshness(NrasBundle bundle, NrasExpectation expected, CheckList checks)
    {
        var tokens = Tokens(bundle);
        checks.Add(NrasRules.Time, [.. tokens.Where(token => !InTime(token.Claims, expected)).Select(token => token.Name)], "valid at " + expected.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        var nonce = Convert.ToHexStringLower(expected.Nonce.Span);
        var without = expected.Nonce.Length < Nonce.MinLength ? ["no nonce of 16 bytes or more was given"] : tokens.Where(token => Text(token.Claims, "eat_nonce")?.ToLowerInvariant() != nonce).Select(token => token.Name).ToList();
        checks.Add(NrasRules.Nonce, without, nonce);
        checks.Add(NrasRules.Overall, Is(bundle.OverallClaims, "x-nvidia-overall-att-result"), "true", Shown(bundle.OverallClaims, "x-nvidia-overall-att-result"));
    }

    static List<(string Name, TokenEnvelope Token, JsonElement Claims)> Tokens(NrasBundle bundle) =>
        [("overall", bundle.Overall, bundle.OverallClaims), .. bundle.Devices.Select(device => (device.Name, device.Token, device.Claims))];

    static bool SignedByOne(TokenEnvelope token, IReadOnlyCollection<TokenKey> keys) =>
        token is { Critical: false, Algorithm: "ES384" or "ES256" }
        && keys.Any(key => (key.KeyId is null || token.KeyId is null || key.KeyId == token.KeyId) && key.Verify(token.Algorithm, token.Input, token.Signature));

    static List<string> Unbound(NrasBundle bundle)
    {
        if (!bundle.OverallClaims.TryGetProperty("submods", out var submodules) || submodules.ValueKind != JsonValueKind.Object)
        {
            return ["no submods"];
        }

        var problems = new List<string>();
        foreach (var device in bundle.Devices)
        {
            if (!submodules.TryGetProperty(device.Name, out var digest) || DigestOf(digest) != Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(device.Text))))
            {
                problems.Add(device.Name);
            }
        }

        problems.AddRange(submodules.EnumerateObject().Where(member => !bundle.Devices.Any(device => device.Name == member.Name)).Select(_ => "a device without a token"));
        return problems;
    }

    // ["DIGEST", ["SHA-256", hex]]
    static string? DigestOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2 && value[0].ValueKind == JsonValueKind.String && value[0].GetString() == "DIGEST"
        && value[1].ValueKind == JsonValueKind.Array && value[1].GetArrayLength() == 2 && value[1][0].ValueKind == JsonValueKind.String && value[1][0].GetString() == "SHA-256"
        && value[1][1].ValueKind == JsonValueKind.String
            ? value[1][1].GetString()
            : null;

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
