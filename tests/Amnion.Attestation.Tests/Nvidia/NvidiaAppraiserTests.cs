using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>What a policy adds to an authentic report, each with the exact code.</summary>
public sealed class NvidiaAppraiserTests
{
    readonly NvidiaScene _scene = new();

    /// <summary>The container of NVIDIA's SDK.</summary>
    internal static byte[] Json(NvidiaScene scene, string extra = "") => Encoding.UTF8.GetBytes(
        $$"""{"version":"1.0","arch":"HOPPER","nonce":"{{Convert.ToHexStringLower(ReportSpec.Nonce)}}","driver_version":"550.90.07","vbios_version":"96.00.9F.00.01","evidence":"{{Convert.ToBase64String(scene.Encoded)}}","certificate":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes(scene.Pki.Pem))}}"{{extra}}}""");

    static string[] Codes(AttestationResult result) => [.. result.Failures.Select(check => check.Code)];

    AttestationResult Appraise(Func<AppraisalPolicy, AppraisalPolicy>? policy = null, Func<AppraisalContext, AppraisalContext>? context = null) =>
        NvidiaAppraiser.Appraise(_scene.Encoded, policy?.Invoke(_scene.Policy) ?? _scene.Policy, context?.Invoke(_scene.Context) ?? _scene.Context);

    [Fact]
    public void Accepts_what_the_policy_names_and_gives_the_claims()
    {
        var result = Appraise();
        Assert.Empty(Codes(result));
        Assert.True(result.Accepted);
        Assert.Equal("41DEADBEEF", result.Claims!.AttesterId);
        Assert.Null(result.Claims.IssuedAt);
        Assert.False(result.Claims.Debug);
        Assert.Equal(ReportSpec.Nonce, result.Claims.Nonce!.Value.ToArray());
        Assert.Equal(64, result.Claims.Registers.Count);
        Assert.Equal(_scene.Pki.DeviceAnchors[0].KeyDigest, result.Claims.TrustAnchor);
        Assert.Contains(result.Claims.Fields, field => field is { Name: "measres", Value: "success" });
        Assert.Contains(result.Claims.Fields, field => field is { Name: "opaque.DRIVER_VERSION", Value: "550.90.07" });
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("[{0}]")]
    [InlineData(" \n[{0}]")]
    [InlineData("{{\"nonce\":\"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\",\"arch\":\"HOPPER\",\"evidence_list\":[{0}]}}")]
    public void Accepts_nvidias_containers(string form)
    {
        var json = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, Encoding.UTF8.GetString(Json(_scene)));
        Assert.Empty(Codes(NvidiaAppraiser.Appraise(Encoding.UTF8.GetBytes(json), _scene.Policy, _scene.Context)));
    }

    [Fact]
    public void Rejects_a_container_that_names_another_nonce()
    {
        var json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Json(_scene)).Replace("\"nonce\":\"01", "\"nonce\":\"02", StringComparison.Ordinal));
        Assert.Equal([NvidiaCodes.Container], Codes(NvidiaAppraiser.Appraise(json, _scene.Policy, _scene.Context)));
    }

    [Fact]
    public void Refuses_a_container_of_several_devices()
    {
        var one = Encoding.UTF8.GetString(Json(_scene));
        var result = NvidiaAppraiser.Appraise(Encoding.UTF8.GetBytes($"[{one},{one}]"), _scene.Policy, _scene.Context);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal(2, NvidiaEvidence.ParseJson(Encoding.UTF8.GetBytes($"[{one},{one}]")).Length);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"evidence\":\"\",\"certificate\":\"\"}")]
    [InlineData("{\"evidence\":1,\"certificate\":\"\"}")]
    [InlineData("{\"evidence\":\"!\",\"certificate\":\"\"}")]
    [InlineData("{\"evidence\":\"\",\"evidence\":\"\"}")]
    [InlineData("{\"evidence\":\"\\ud800\"}")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("text")]
    public void Refuses_what_is_no_evidence(string text)
    {
        var result = NvidiaAppraiser.Appraise(Encoding.UTF8.GetBytes(text), _scene.Policy, _scene.Context);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal([NvidiaCodes.Malformed], Codes(result));
        Assert.Null(result.Claims);
    }

    [Fact]
    public void Rejects_a_policy_for_another_platform() => Assert.Equal([AttestationCodes.PlatformMismatch], Codes(Appraise(policy => policy with { Platform = AttestationPlatform.Snp })));

    [Fact]
    public void Rejects_a_policy_that_names_no_versions() => Assert.Equal([AttestationCodes.PolicyPinsNoCode], Codes(Appraise(policy => policy with { Values = policy.Values.Clear() })));

    [Fact]
    public void Rejects_a_driver_the_policy_does_not_name() =>
        Assert.Equal([AttestationCodes.FieldMismatch], Codes(Appraise(policy => policy with { Values = policy.Values.SetItem("opaque.DRIVER_VERSION", ["550.90.08"]) })));

    [Fact]
    public void Compares_the_claims_by_name_too()
    {
        Assert.Empty(Codes(Appraise(policy => policy with { Values = policy.Values.Add("measres", ["success"]).Add("mode", ["SPT"]) })));
        Assert.Equal([AttestationCodes.FieldMismatch], Codes(Appraise(policy => policy with { Values = policy.Values.Add("mode", ["PPCIE"]) })));
    }

    [Fact]
    public void Rejects_a_machine_the_policy_does_not_name()
    {
        Assert.Empty(Codes(Appraise(policy => policy with { Machines = ["41DEADBEEF"] })));
        Assert.Equal([AttestationCodes.Machine], Codes(Appraise(policy => policy with { Machines = ["41DEADBEE0"] })));
    }

    [Fact]
    public void Rejects_another_nonce_with_both_codes() =>
        Assert.Equal([NvidiaCodes.Nonce, AttestationCodes.Nonce], Codes(Appraise(context: context => context with { Nonce = new byte[32] })));

    [Fact]
    public void Rejects_without_a_nonce() => Assert.Equal([AttestationCodes.Nonce], Codes(Appraise(context: context => context with { Nonce = default })));

    [Fact]
    public void Takes_a_nonce_that_is_the_hash_of_what_the_relying_party_expects()
    {
        var bound = "keys and nonce"u8.ToArray();
        _scene.Report.RequestNonce = SHA256.HashData(bound);
        Assert.Empty(Codes(Appraise(policy => policy with { Binding = BindingForm.Sha256 }, context => context with { Nonce = default, ExpectedUserData = bound })));
        Assert.Equal([AttestationCodes.Binding], Codes(Appraise(policy => policy with { Binding = BindingForm.Sha256 }, context => context with { Nonce = default, ExpectedUserData = new byte[1] })));
    }

    [Fact]
    public void Rejects_manifests_whose_root_the_policy_does_not_name()
    {
        var codes = Codes(Appraise(policy => policy with { FurtherTrustAnchors = [] }));
        Assert.Equal([PathCodes.TrustAnchor, PathCodes.TrustAnchor], codes);
    }

    [Fact]
    public void Gives_no_claims_where_a_certificate_is_revoked()
    {
        _scene.Answers[0].Status = Attestation.Certificates.OcspCertificateStatus.Revoked;
        var result = Appraise();
        Assert.Equal([OcspCodes.Revoked], Codes(result));
        Assert.Null(result.Claims);
    }

    [Fact]
    public void Rejects_ocsp_answers_with_another_nonce_unless_the_policy_allows_them()
    {
        _scene.Answers[0].Nonce = [1, 2, 3];
        Assert.Equal([OcspCodes.Nonce], Codes(Appraise()));
        Assert.Empty(Codes(Appraise(policy => policy with { Allow = [NvidiaAppraiser.AllowOtherOcspNonce] })));
    }

    [Fact]
    public void Rejects_a_debug_device_unless_the_policy_allows_it()
    {
        _scene.Pki.Leaf.Extra.Clear();
        _scene.Pki.Leaf.Extra.Add(NvidiaPki.TcbInfo(NvidiaPki.Firmware, 0x10));
        Assert.Equal([NvidiaCodes.Debug, NvidiaCodes.SecureBoot, AttestationCodes.Debug], Codes(Appraise()));
        var result = Appraise(policy => policy with { DangerousAllowDebug = true });
        Assert.Empty(Codes(result));
        Assert.True(result.Claims!.Debug);
    }

    [Fact]
    public void A_debug_state_that_is_not_known_is_never_taken_for_off()
    {
        _scene.Rims.Clear();
        ImmutableArray<string> without = [NvidiaCodes.DriverRimMissing, NvidiaCodes.VbiosRimMissing, NvidiaCodes.Debug, NvidiaCodes.SecureBoot];
        var refused = Appraise(policy => policy with { MaySkip = without });
        Assert.Equal([AttestationCodes.Debug], Codes(refused));
        Assert.Equal(CheckOutcome.Skip, refused.Checks.Only(AttestationCodes.Debug).Outcome);
        Assert.True(refused.Claims!.Debug);
        var taken = Appraise(policy => policy with { MaySkip = [.. without, AttestationCodes.Debug] });
        Assert.True(taken.Accepted);
        Assert.True(taken.Claims!.Debug);
    }

    [Fact]
    public void A_debug_state_that_measurements_contradict_fails_whatever_may_be_skipped()
    {
        _scene.Report.Measure(22, new byte[48]);
        Assert.Equal([NvidiaCodes.Measurement, NvidiaCodes.Debug, NvidiaCodes.SecureBoot, AttestationCodes.Debug], Appraise(policy => policy with { MaySkip = [NvidiaCodes.Debug, AttestationCodes.Debug] }).Checks.Failed());
    }

    [Fact]
    public void Neither_root_of_a_policy_serves_for_the_others_chain()
    {
        var (device, rim) = (_scene.Policy.TrustAnchor, _scene.Policy.FurtherTrustAnchors[0]);
        Assert.Equal([PathCodes.TrustAnchor, PathCodes.TrustAnchor, PathCodes.TrustAnchor], Codes(Appraise(policy => policy with { TrustAnchor = rim, FurtherTrustAnchors = [device] })));
        Assert.Empty(Codes(Appraise(policy => policy with { FurtherTrustAnchors = [NvidiaRoots.Rim.KeyDigest, NvidiaRoots.Device.KeyDigest, rim] })));
    }

    [Fact]
    public void Nvidias_own_roots_serve_for_their_own_chain_wherever_they_stand()
    {
        var result = Appraise(policy => policy with { TrustAnchor = NvidiaRoots.Rim.KeyDigest, FurtherTrustAnchors = [NvidiaRoots.Device.KeyDigest] });
        string Expected(string chain) => result.Checks.Single(check => check.Code == PathCodes.TrustAnchor && check.Name.StartsWith(chain, StringComparison.Ordinal)).Expected!;
        Assert.Contains(NvidiaRoots.Device.KeyDigest.ToString(), Expected("device chain"), StringComparison.Ordinal);
        Assert.DoesNotContain(NvidiaRoots.Rim.KeyDigest.ToString(), Expected("device chain"), StringComparison.Ordinal);
        Assert.Contains(NvidiaRoots.Rim.KeyDigest.ToString(), Expected("driver manifest chain"), StringComparison.Ordinal);
        Assert.DoesNotContain(NvidiaRoots.Device.KeyDigest.ToString(), Expected("driver manifest chain"), StringComparison.Ordinal);
    }

    [Fact]
    public void Looks_at_no_more_endorsements_than_the_limit()
    {
        var codes = Codes(Appraise(context: context => context with { Endorsements = context.Endorsements with { OcspResponses = [.. Enumerable.Repeat(context.Endorsements.OcspResponses[0], 65)] } }));
        Assert.Equal(AttestationCodes.TooManyEndorsements, codes[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----")]
    public void Refuses_what_is_no_chain(string pem) => Assert.Equal(NvidiaCodes.Malformed, Assert.Throws<NvidiaFormatException>(() => NvidiaChain.ParsePem(Encoding.ASCII.GetBytes(pem))).Code);

    [Fact]
    public void Refuses_text_between_certificates_and_too_many_of_them()
    {
        var pem = _scene.Pki.Pem;
        Assert.Throws<NvidiaFormatException>(() => NvidiaChain.ParsePem(Encoding.ASCII.GetBytes(pem + "\nx")));
        Assert.Throws<NvidiaFormatException>(() => NvidiaChain.ParsePem(Encoding.ASCII.GetBytes("x\n" + pem)));
        Assert.Throws<NvidiaFormatException>(() => NvidiaChain.ParsePem(Encoding.ASCII.GetBytes(pem + "\n" + pem)));
        Assert.Equal(5, NvidiaChain.ParsePem(Encoding.ASCII.GetBytes(pem + "\n")).Certificates.Count);
    }

    [Fact]
    public void Appraisals_of_changed_containers_never_accept()
    {
        var json = Json(_scene);
        var policy = _scene.Policy;
        var context = _scene.Context with { Cache = new AppraisalCache() };
        Fuzz.Run(35, [json, _scene.Encoded], input =>
        {
            // The whole path costs twenty verifications; a sample is enough beside the readers' own tests.
            if (input.Length % 40 == 0 && NvidiaAppraiser.Appraise(input, policy, context).Accepted)
            {
                var evidence = input[0] == 0x11 ? NvidiaReport.Parse(input) : NvidiaEvidence.ParseJson(input)[0].Report;
                Assert.Equal(ReportSpec.Nonce, evidence.Nonce.ToArray());
            }
        });
    }
}
