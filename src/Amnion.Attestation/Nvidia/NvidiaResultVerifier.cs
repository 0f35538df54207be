using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Attestation.Nvidia;

/// <summary>
/// Checks a result of NVIDIA's verifiers: that its parts agree, that every claim is what acceptance needs, and its time. Signatures of tokens
/// are not checked here, so that a result alone is never accepted unless the caller lets that check go unmade, having shown by other means
/// who made the result (a TEE that measured the local verifier, for example).
/// </summary>
public static class NvidiaResultVerifier
{
    /// <summary>Claims about the token, not the device; a copy of the claims beside the tokens has none.</summary>
    static readonly ImmutableHashSet<string> s_tokenClaims = ["iss", "iat", "exp", "nbf", "jti", "sub", "aud"];

    /// <summary>Claims that must be there, with the only value accepted.</summary>
    static readonly (string Name, string Value)[] s_needed = [("measres", "success"), ("secboot", "true"), ("dbgstat", "disabled")];

    /// <summary>Checks a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="at">The relying party's time.</param>
    /// <param name="nonce">The relying party's nonce; empty compares the nonces only with one another.</param>
    /// <param name="maySkip">Codes of checks that may go unmade.</param>
    public static ImmutableArray<AttestationCheck> Verify(NvidiaResult result, DateTimeOffset at, ReadOnlyMemory<byte> nonce, ImmutableArray<string> maySkip)
    {
        ArgumentNullException.ThrowIfNull(result);
        var checks = new CheckList(maySkip);
        checks.Add(NvidiaRules.ResultForm, CheckOutcome.Pass);
        var all = result.Devices.Values.Prepend(result.Overall).ToList();
        var algorithms = string.Join(", ", all.Select(token => token.HasSignature ? token.Algorithm : "none").Distinct());
        checks.Skip(NvidiaRules.ResultUnsigned, algorithms == "none" ? "the tokens are not signed" : "no key was given for " + algorithms);
        CheckConsistency(result, checks);
        CheckClaims(result, checks);
        CheckNonce(all, nonce, checks);
        CheckTime(all, at, checks);
        return checks.ToImmutable();
    }

    static void CheckConsistency(NvidiaResult result, CheckList checks)
    {
        var problems = new List<string>();
        var stated = result.Overall.Claims.Where(claim => claim.Name.StartsWith("submods.", StringComparison.Ordinal)).Select(claim => claim.Name.Split('.')[1]).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(stated.Except(result.Devices.Keys).Select(name => name + " has no token"));
        foreach (var (name, token) in result.Devices)
        {
            var prefix = "submods." + name;
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token.Encoded)));
            if (result.Overall.Claim(prefix + ".0") != "DIGEST" || result.Overall.Claim(prefix + ".1.0") is not ("SHA256" or "SHA-256") || result.Overall.Claim(prefix + ".1.1") != digest)
            {
                problems.Add($"{name}: the overall token has no SHA-256 {digest} of it");
            }
        }

        if (!result.Claims.IsEmpty)
        {
            var tokens = result.Devices.Values.Select(token => Lines(token.Claims)).Order(StringComparer.Ordinal);
            var beside = result.Claims.Select(claims => Lines(claims)).Order(StringComparer.Ordinal);
            if (!tokens.SequenceEqual(beside))
            {
                problems.Add("the claims beside the tokens differ from those in them");
            }
        }

        checks.Add(NvidiaRules.ResultInconsistent, problems, "digests, claims and tokens agree");
    }

    static string Lines(ImmutableArray<EvidenceField> claims) =>
        string.Join('\n', claims.Where(claim => !s_tokenClaims.Contains(claim.Name)).Select(claim => $"{claim.Name}={claim.Value}").Order(StringComparer.Ordinal));

    static void CheckClaims(NvidiaResult result, CheckList checks)
    {
        var problems = new List<string>();
        if (result.Code is not (null or 0))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"result_code is {result.Code}"));
        }

        if (result.Overall.Claim("x-nvidia-overall-att-result") != "true")
        {
            problems.Add("x-nvidia-overall-att-result is not true");
        }

        foreach (var (name, token) in result.Devices)
        {
            problems.AddRange(s_needed.Where(needed => token.Claim(needed.Name) != needed.Value).Select(needed => $"{name}: {needed.Name} is {token.Claim(needed.Name) ?? "absent"}"));
            problems.AddRange(token.Claims.Where(claim => Contradicts(claim)).Select(claim => $"{name}: {claim.Name} is {claim.Value}"));
            if (!token.Claims.Any(claim => claim.Name.EndsWith("attestation-report-signature-verified", StringComparison.Ordinal)))
            {
                problems.Add(name + ": says nothing of the report's signature");
            }
        }

        checks.Add(NvidiaRules.ResultClaim, problems, "success of every step, secure boot, debugging off, certificates good");
    }

    /// <summary>Whether a claim of NVIDIA's own says that some step did not succeed.</summary>
    static bool Contradicts(EvidenceField claim)
    {
        if (!claim.Name.StartsWith("x-nvidia-", StringComparison.Ordinal))
        {
            return false;
        }

        return claim.Name[(claim.Name.LastIndexOf('.') + 1)..] switch
        {
            "x-nvidia-cert-status" => claim.Value != "valid",
            "x-nvidia-cert-ocsp-status" => claim.Value != "good",
            "x-nvidia-cert-revocation-reason" or "x-nvidia-attestation-warning" or "x-nvidia-mismatch-measurement-records" => claim.Value.Length > 0,
            _ => claim.Value == "false" || claim.Name.StartsWith("x-nvidia-mismatch-measurement-records.", StringComparison.Ordinal),
        };
    }

    static void CheckNonce(List<NvidiaToken> tokens, ReadOnlyMemory<byte> nonce, CheckList checks)
    {
        var expected = nonce.IsEmpty ? tokens[0].Claim("eat_nonce") : Convert.ToHexStringLower(nonce.Span);
        var found = tokens.Select(token => token.Claim("eat_nonce")?.ToLowerInvariant() ?? "absent").Distinct().ToList();
        checks.Add(NvidiaRules.ResultNonce, found.Count == 1 && found[0] == expected?.ToLowerInvariant(), expected, string.Join(", ", found));
    }

    static void CheckTime(List<NvidiaToken> tokens, DateTimeOffset at, CheckList checks)
    {
        var problems = new List<string>();
        foreach (var token in tokens)
        {
            var (from, until) = (Seconds(token, "nbf") ?? Seconds(token, "iat"), Seconds(token, "exp"));
            if (from is null || until is null || from > at.ToUnixTimeSeconds() || until < at.ToUnixTimeSeconds())
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{from} to {until}"));
            }
        }

        checks.Add(NvidiaRules.ResultTime, problems, string.Create(CultureInfo.InvariantCulture, $"iat and exp around {at.ToUnixTimeSeconds()}"));
    }

    static long? Seconds(NvidiaToken token, string claim) =>
        long.TryParse(token.Claim(claim), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}
