using System.Globalization;
using Amnion.Attestation;
using Amnion.Attestation.Tokens;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Cases of tokens and claim sets. The published ones come without keys, so that they are decoded and not verified; with a key beside it a token's
/// signature and times are verified.
/// </summary>
static class TokenCases
{
    static readonly string[] s_keyRoles = ["jwks", "jwk", "keys", "key", "public_key", "certificate", "signer"];

    /// <summary>The times of a claim set, RFC 7519 §4.1, with the prefix that a bundle's claims have.</summary>
    static readonly string[] s_prefixes = [string.Empty, "overall."];

    public static CaseAnswer Run(ConformanceCase item)
    {
        var bytes = item.File("token");
        AttestationToken token;
        try
        {
            token = AttestationToken.Parse(bytes);
        }
        catch (TokenFormatException exception)
        {
            return CaseAnswer.Malformed(exception.Code);
        }

        EvidenceField[] fields = [.. token.Fields, new("expected.token_kind", token.Kind.ToString(), "what the token was recognised as")];
        var codes = item.Roles.Any(s_keyRoles.Contains) ? Verify(item, bytes, token) : null;
        return new CaseAnswer(codes is null ? "parse_only" : codes.Count == 0 ? "valid" : "invalid", [.. codes ?? []], [.. fields])
        {
            Parsed = true,
            Policy = item.Policy is { } policy ? [.. new CasePolicy(token.Fields, "overall.", "eat_", "overall.eat_").Failures(policy)] : null,
        };
    }

    /// <summary>Codes of what failed: no key of the case's signed it, or it is not valid at the case's time.</summary>
    static List<string> Verify(ConformanceCase item, byte[] bytes, AttestationToken token)
    {
        var keys = item.Files(s_keyRoles).SelectMany(Keys).ToList();
        var at = item.VerifyAt ?? Time(token, "iat") ?? Time(token, "nbf") ?? DateTimeOffset.UnixEpoch;
        if (token.Kind == AttestationTokenKind.NrasBundle)
        {
            // The nonce is compared with the policy's, where the case has one; here the bundle is asked for its own.
            var nonce = Find(token, "eat_nonce") is { } text && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : [];
            var checks = NrasAppraiser.Appraise(bytes, keys, new NrasExpectation { Now = at, Nonce = nonce }).Checks;
            return [.. checks.Where(check => check.Rejects && (check.Kind == CheckKind.Authenticity || check.Code == TokenCodes.NrasTime)).Select(check => check.Code)];
        }

        var codes = new List<string>();
        if (!keys.Exists(token.VerifySignature))
        {
            codes.Add(TokenCodes.Signature);
        }

        if (Time(token, "exp") <= at)
        {
            codes.Add(TokenCodes.Expired);
        }

        if (Time(token, "nbf") > at || Time(token, "iat") > at)
        {
            codes.Add(TokenCodes.NotYetValid);
        }

        return codes;
    }

    /// <summary>A key set or key in JSON, certificates, or public keys, PEM or DER.</summary>
    static IEnumerable<TokenKey> Keys(byte[] file)
    {
        if (file.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
        {
            return TokenKey.ParseSet(file);
        }

        var blocks = UnsignedBits.IsPem(file) ? CertificateFiles.Blocks(file) : [(string.Empty, file)];
        return [.. blocks.Select(block => block.Label == "PUBLIC KEY" ? new TokenKey { SubjectPublicKeyInfo = block.Content } : Key(block.Content))];
    }

    static TokenKey Key(byte[] der)
    {
        try
        {
            return TokenKey.FromCertificate(der);
        }
        catch (CertificateFormatException)
        {
            // A bare key; one that cannot be read signs nothing.
            return new TokenKey { SubjectPublicKeyInfo = der };
        }
    }

    static string? Find(AttestationToken token, string claim) => s_prefixes.Select(prefix => token.Fields.FirstOrDefault(field => field.Name == prefix + claim)?.Value).FirstOrDefault(value => value is not null);

    /// <summary>NumericDate, RFC 7519 §2; one outside of what can be written as a date is as good as none and fails as both too early and too late.</summary>
    static DateTimeOffset? Time(AttestationToken token, string claim)
    {
        if (Find(token, claim) is not { } text)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : claim == "exp" ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
    }
}
