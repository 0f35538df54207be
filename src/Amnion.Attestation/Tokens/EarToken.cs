using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// Attestation Results as signed tokens: EAR (draft-ietf-rats-ear-04), an EAT (RFC 9711) as JWT (RFC 7519) or CWT (RFC 8392) under ES256 or ES384.
/// The Attestation Result itself stays the verifier's; a token is worth what its key is worth.
/// </summary>
public static class EarToken
{
    /// <summary>Type of the JWT form, RFC 9782 §6.1.</summary>
    public const string JwtType = "eat+jwt";

    /// <summary>Type of the CWT form, RFC 9782 §6.1.</summary>
    public const string CwtType = "eat+cwt";

    /// <summary>Issues a JWT.</summary>
    /// <param name="result">The appraisal's result.</param>
    /// <param name="options">Who issues it, when, and for how long.</param>
    /// <param name="key">A private key of P-256 or P-384.</param>
    /// <exception cref="ArgumentException">Options out of bounds, or a key of another kind.</exception>
    public static string CreateJwt(AttestationResult result, EarOptions options, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(options);
        return JsonWebSignature.Sign(EarWriter.Write(result, options), JwtType, options.KeyId, AlgorithmOf(key), key);
    }

    /// <summary>Issues a CWT: COSE_Sign1 with tag 18, claims in deterministic CBOR. Labels are the draft's, so that only its own profiles can be written.</summary>
    /// <param name="result">The appraisal's result.</param>
    /// <param name="options">Who issues it, when, and for how long.</param>
    /// <param name="key">A private key of P-256 or P-384.</param>
    /// <exception cref="ArgumentException">Options out of bounds, a profile in the older spelling, or a key of another kind.</exception>
    public static byte[] CreateCwt(AttestationResult result, EarOptions options, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(options);
        if (EarProfiles.Dotted(options.Profile))
        {
            throw new ArgumentException("The profile has no CBOR form.", nameof(options));
        }

        return CborWebToken.Sign(CwtClaims.FromJson(EarWriter.Write(result, options)), CwtType, options.KeyId, AlgorithmOf(key), key);
    }

    /// <summary>The vector and status that a token of this result carries.</summary>
    public static (TrustVector Vector, TrustTier Status) Trust(AttestationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return TrustDerivation.Of(result);
    }

    /// <summary>Reads the claims of a token without verifying anything, JWT (ASCII) or CWT.</summary>
    /// <exception cref="TokenFormatException">Neither.</exception>
    public static EarClaims Parse(ReadOnlySpan<byte> token) => Claims(Envelope(token, out var cbor), cbor);

    /// <summary>As the other, for a JWT as text.</summary>
    public static EarVerification Verify(string token, TokenKey key, EarExpectation expected)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Verify(Encoding.UTF8.GetBytes(token), key, expected);
    }

    /// <summary>Verifies a token, JWT (ASCII) or CWT, and appraises what it says; a negative answer is data, never an exception.</summary>
    /// <param name="token">The token and nothing around it.</param>
    /// <param name="key">The verifier's key, which the relying party knows from elsewhere.</param>
    /// <param name="expected">What the relying party asks for.</param>
    public static EarVerification Verify(ReadOnlySpan<byte> token, TokenKey key, EarExpectation expected)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(expected);
        var checks = new CheckList();
        TokenEnvelope envelope;
        bool cbor;
        try
        {
            envelope = Envelope(token, out cbor);
        }
        catch (TokenFormatException exception)
        {
            checks.Add(EarRules.Form, CheckOutcome.Fail, "a JWT or CWT", exception.Message);
            return new EarVerification(checks.ToImmutable(), null);
        }

        CheckEnvelope(envelope, key, expected, checks);
        try
        {
            var claims = Claims(envelope, cbor);
            checks.Add(EarRules.Form, holds: true);
            CheckTimes(claims, expected, checks);
            CheckClaims(claims, expected, checks);
            return new EarVerification(checks.ToImmutable(), checks.Authentic ? claims : null);
        }
        catch (TokenFormatException exception)
        {
            checks.Add(EarRules.Form, CheckOutcome.Fail, "the claims of an EAR", exception.Message);
            return new EarVerification(checks.ToImmutable(), null);
        }
    }

    static TokenEnvelope Envelope(ReadOnlySpan<byte> token, out bool cbor)
    {
        cbor = CborWebToken.Looks(token);
        return cbor ? CborWebToken.Parse(token) : JsonWebSignature.Parse(token);
    }

    static EarClaims Claims(TokenEnvelope envelope, bool cbor) => EarClaims.Parse(cbor ? CwtClaims.ToJson(envelope.Payload) : envelope.Payload);

    static void CheckEnvelope(TokenEnvelope envelope, TokenKey key, EarExpectation expected, CheckList checks)
    {
        var algorithm = key.EcdsaAlgorithm();
        var fits = algorithm is not null && envelope.Algorithm == algorithm;
        checks.Add(EarRules.Algorithm, fits, algorithm ?? "a key of P-256 or P-384", envelope.Algorithm.Length == 0 ? "none stated" : Shown(envelope.Algorithm));
        checks.Add(EarRules.Critical, !envelope.Critical, "no critical header", envelope.Critical ? "critical headers" : "none");
        checks.Add(EarRules.Type, expected.Types.Contains(envelope.Type ?? string.Empty), string.Join(" or ", expected.Types), Shown(envelope.Type ?? "none"));
        if (!fits)
        {
            checks.Skip(EarRules.Signature, "the algorithm is not the key's");
            return;
        }

        var named = envelope.KeyId is null || key.KeyId is null || envelope.KeyId == key.KeyId;
        checks.Add(EarRules.Signature, named && key.Verify(envelope.Algorithm, envelope.Input, envelope.Signature), key.KeyId, named ? null : "signed by a key of another name");
    }

    static void CheckTimes(EarClaims claims, EarExpectation expected, CheckList checks)
    {
        var now = Text(expected.Now);
        var ends = claims.ExpiresAt is { } expiry ? Instant.Add(expiry, expected.ClockSkew) > expected.Now : expected.MaxAge is not null;
        checks.Add(EarRules.Expired, ends, "valid at " + now, claims.ExpiresAt is { } at ? "until " + Text(at) : "no time stated");
        var starts = claims.NotBefore is { } notBefore && notBefore > claims.IssuedAt ? notBefore : claims.IssuedAt;
        checks.Add(EarRules.NotYetValid, Instant.Add(starts, -expected.ClockSkew) <= expected.Now, "valid at " + now, "from " + Text(starts));
        if (expected.MaxAge is { } age)
        {
            checks.Add(EarRules.Age, Instant.Add(Instant.Add(claims.IssuedAt, age), expected.ClockSkew) >= expected.Now, $"at most {age} old at {now}", "issued " + Text(claims.IssuedAt));
        }
        else
        {
            checks.Add(EarRules.Age, CheckOutcome.Skip, actual: "the relying party sets no limit", required: false);
        }
    }

    static void CheckClaims(EarClaims claims, EarExpectation expected, CheckList checks)
    {
        checks.Add(EarRules.Profile, expected.Profiles.Contains(claims.Profile), string.Join(" or ", expected.Profiles), Shown(claims.Profile));
        CheckNonce(claims, expected, checks);
        if (expected.VerifierDeveloper is { } developer)
        {
            checks.Add(EarRules.Verifier, claims.VerifierDeveloper == developer, developer, Shown(claims.VerifierDeveloper));
        }
        else
        {
            checks.Add(EarRules.Verifier, CheckOutcome.Skip, actual: "the relying party names none", required: false);
        }

        var problems = claims.Submodules.Where(pair => pair.Value.Vector is { } vector && Rank(pair.Value.Status) > Rank(vector.Worst)).Select(pair => Shown(pair.Key)).ToList();
        if (claims.Status is { } overall && Rank(overall) > claims.Submodules.Values.Min(appraisal => Rank(appraisal.Status)))
        {
            problems.Add("overall");
        }

        checks.Add(EarRules.Consistent, problems, "a tier no better than the worst below it");
        var below = claims.Submodules.Where(pair => Rank(pair.Value.Status) < Rank(expected.Tier)).Select(pair => $"{Shown(pair.Key)}: {EarWriter.Name(pair.Value.Status)}").ToList();
        if (claims.Status is { } status && Rank(status) < Rank(expected.Tier))
        {
            below.Add("overall: " + EarWriter.Name(status));
        }

        checks.Add(EarRules.Tier, below, EarWriter.Name(expected.Tier));
    }

    static void CheckNonce(EarClaims claims, EarExpectation expected, CheckList checks)
    {
        if (expected.Nonce.IsEmpty)
        {
            checks.Add(EarRules.Nonce, CheckOutcome.Skip, actual: "no nonce was given", required: false);
            return;
        }

        // Draft 04 says base64, RFC 9711 §4.1 base64url without padding; both spell the same bytes.
        var spelled = Base64Url.EncodeToString(expected.Nonce.Span);
        var found = claims.Nonces.Any(nonce => nonce == spelled || nonce == Convert.ToBase64String(expected.Nonce.Span));
        checks.Add(EarRules.Nonce, found, spelled, claims.Nonces.IsEmpty ? "none" : string.Join(", ", claims.Nonces.Select(Shown)));
    }

    /// <summary>More is more trust. Nothing said is more than a warning against, and less than a warning that lets it pass.</summary>
    static int Rank(TrustTier tier) => tier switch
    {
        TrustTier.Affirming => 3,
        TrustTier.Warning => 2,
        TrustTier.None => 1,
        _ => 0,
    };

    static string AlgorithmOf(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return TokenKey.From(key).EcdsaAlgorithm() ?? throw new ArgumentException("The key is neither P-256 nor P-384.", nameof(key));
    }

    /// <summary>Untrusted text in messages: printable ASCII, short.</summary>
    static string Shown(string text)
    {
        var printable = string.Concat(text.Take(80).Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return text.Length > 80 ? printable + "…" : printable;
    }

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
