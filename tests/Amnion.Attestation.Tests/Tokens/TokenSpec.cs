using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>Results, keys and hand-made tokens for the token tests.</summary>
static class TokenSpec
{
    public static readonly DateTimeOffset Now = TestChain.Epoch;

    public static byte[] Nonce { get; } = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public static ECDsa P256 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static ECDsa P384 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public static EarOptions Options => new() { VerifierDeveloper = "https://amnion.example", VerifierBuild = "amnion 0.1", IssuedAt = Now, Nonce = Nonce, PolicyId = "policy-1" };

    public static EarExpectation Expectation => new() { Now = Now.AddSeconds(10), Nonce = Nonce };

    public static AttestationCheck Check(string code, CheckKind kind, CheckOutcome outcome = CheckOutcome.Pass, bool required = true) =>
        new() { Code = code, Name = "check " + code, Kind = kind, Outcome = outcome, Required = required, Source = "test" };

    public static AttestationClaims Claims => new()
    {
        AttesterId = "machine-1",
        IssuedAt = null,
        TrustAnchor = new Measurement(SHA256.HashData("anchor"u8)),
        Debug = false,
        Nonce = Nonce,
        Fields = [new EvidenceField("measurement", "00ff", "what was launched"), new EvidenceField("policy_bits.debug", "false", "whether debugging is allowed")],
    };

    /// <summary>Checks of a good SNP appraisal, as the common comparison makes them.</summary>
    public static ImmutableArray<AttestationCheck> Good =>
    [
        Check("AMN-SNP-0010", CheckKind.Authenticity),
        Check("AMN-X509-0004", CheckKind.Authenticity),
        Check(AttestationCodes.Debug, CheckKind.Policy),
        Check(AttestationCodes.PolicyPinsNoCode, CheckKind.Policy),
        Check(AttestationCodes.FieldMismatch, CheckKind.Policy),
        Check(AttestationCodes.BelowFloor, CheckKind.Policy),
        Check(AttestationCodes.Machine, CheckKind.Policy),
        Check(AttestationCodes.Binding, CheckKind.Policy),
    ];

    public static AttestationResult Result(string platform = AttestationPlatform.Snp, bool audit = false, Func<AttestationClaims, AttestationClaims>? claims = null, params AttestationCheck[] replaced)
    {
        var checks = Good.Select(check => replaced.FirstOrDefault(other => other.Code == check.Code) ?? check).Concat(replaced.Where(other => !Good.Any(check => check.Code == other.Code))).ToImmutableArray();
        var authentic = !checks.Any(check => check.Kind == CheckKind.Authenticity && check.Rejects);
        return AttestationResult.FromChecks(platform, audit, checks, authentic ? claims?.Invoke(Claims) ?? Claims : null);
    }

    /// <summary>A token of exactly this header and payload, signed as ES256 whatever the header says.</summary>
    public static string Raw(string header, string payload, ECDsa? key = null)
    {
        var input = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}";
        var hash = (key ?? P256).KeySize == 256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        return $"{input}.{Base64Url.EncodeToString((key ?? P256).SignData(Encoding.ASCII.GetBytes(input), hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    public static string Payload(string token) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1]));

    public static string Header { get; } = """{"alg":"ES256","typ":"eat+jwt"}""";

    public static string Altered(string old, string replacement)
    {
        var payload = Payload(EarToken.CreateJwt(Result(), Options, P256));
        Assert.Contains(old, payload, StringComparison.Ordinal);
        return Raw(Header, payload.Replace(old, replacement, StringComparison.Ordinal));
    }
}
