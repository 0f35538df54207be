using Amnion.Attestation.Nitro;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>The documented table from checks to AR4SI claims: nothing but a passed check affirms.</summary>
public sealed class TrustDerivationTests
{
    static (int[] Vector, TrustTier Status) Trust(AttestationResult result)
    {
        var (vector, status) = EarToken.Trust(result);
        return ([.. vector.Values.Select(value => (int)value)], status);
    }

    [Theory]
    [InlineData(AttestationPlatform.Snp, 2)]
    [InlineData(AttestationPlatform.Tdx, 2)]
    [InlineData(AttestationPlatform.AzureSnp, 2)]
    [InlineData(AttestationPlatform.Nitro, 0)]
    [InlineData(AttestationPlatform.Tpm, 0)]
    [InlineData(AttestationPlatform.Nvidia, 0)]
    public void Accepted_evidence_affirms_and_memory_only_where_the_platform_encrypts_it(string platform, int memory)
    {
        var (vector, status) = Trust(TokenSpec.Result(platform));
        Assert.Equal([2, 2, 3, 0, 2, memory, 0, 0], vector);
        Assert.Equal(TrustTier.Affirming, status);
    }

    [Theory]
    [InlineData(AttestationPlatform.Local)]
    [InlineData(AttestationPlatform.Qemu)]
    public void An_emulated_platform_never_affirms_hardware_or_memory(string platform)
    {
        var (vector, status) = Trust(TokenSpec.Result(platform));
        Assert.Equal([2, 2, 3, 0, 0, 0, 0, 0], vector);
        Assert.Equal(TrustTier.Warning, status);
    }

    [Fact]
    public void An_audit_never_affirms() => Assert.Equal(TrustTier.Warning, Trust(TokenSpec.Result(audit: true)).Status);

    [Theory]
    [InlineData(AttestationCodes.Machine, new[] { 97, 2, 3, 0, 2, 2, 0, 0 })]
    [InlineData(AttestationCodes.Binding, new[] { 96, 2, 3, 0, 2, 2, 0, 0 })]
    [InlineData(NitroCodes.Nonce, new[] { 96, 2, 3, 0, 2, 2, 0, 0 })]
    [InlineData(AttestationCodes.BelowFloor, new[] { 2, 96, 3, 0, 2, 2, 0, 0 })]
    [InlineData("AMN-NEW-9999", new[] { 2, 96, 3, 0, 2, 2, 0, 0 })]
    [InlineData(AttestationCodes.FieldMismatch, new[] { 2, 2, 96, 0, 2, 2, 0, 0 })]
    [InlineData(NitroCodes.RegisterMismatch, new[] { 2, 2, 96, 0, 2, 2, 0, 0 })]
    [InlineData(AttestationCodes.PolicyPinsNoCode, new[] { 2, 2, 96, 0, 2, 2, 0, 0 })]
    [InlineData(AttestationCodes.Debug, new[] { 2, 96, 3, 0, 2, 96, 0, 0 })]
    public void A_failed_check_of_the_policy_contraindicates_its_claim(string code, int[] expected)
    {
        var (vector, status) = Trust(TokenSpec.Result(replaced: TokenSpec.Check(code, CheckKind.Policy, CheckOutcome.Fail)));
        Assert.Equal(expected, vector);
        Assert.Equal(TrustTier.Contraindicated, status);
    }

    [Theory]
    [InlineData(AttestationCodes.Machine, new[] { 0, 2, 3, 0, 2, 2, 0, 0 })]
    [InlineData(AttestationCodes.BelowFloor, new[] { 2, 0, 3, 0, 2, 2, 0, 0 })]
    [InlineData(AttestationCodes.FieldMismatch, new[] { 2, 2, 0, 0, 2, 2, 0, 0 })]
    [InlineData(AttestationCodes.Debug, new[] { 2, 0, 3, 0, 2, 0, 0, 0 })]
    public void A_required_check_that_did_not_run_makes_no_claim(string code, int[] expected)
    {
        var (vector, status) = Trust(TokenSpec.Result(replaced: TokenSpec.Check(code, CheckKind.Policy, CheckOutcome.Skip)));
        Assert.Equal(expected, vector);
        Assert.Equal(TrustTier.Contraindicated, status);
    }

    [Theory]
    [InlineData("AMN-SNP-0010")]
    [InlineData("AMN-NEW-9999")]
    public void What_is_not_authentic_says_nothing(string code)
    {
        var (vector, status) = Trust(TokenSpec.Result(replaced: TokenSpec.Check(code, CheckKind.Authenticity, CheckOutcome.Fail)));
        Assert.Equal([99, 99, 99, 0, 99, 99, 0, 0], vector);
        Assert.Equal(TrustTier.Contraindicated, status);
        (vector, status) = Trust(TokenSpec.Result(replaced: TokenSpec.Check(code, CheckKind.Authenticity, CheckOutcome.Skip)));
        Assert.Equal(new int[8], vector);
        Assert.Equal(TrustTier.Contraindicated, status);
    }

    [Fact]
    public void A_check_of_authenticity_that_the_policy_waived_leaves_hardware_unaffirmed()
    {
        var result = TokenSpec.Result(replaced: TokenSpec.Check("AMN-X509-0019", CheckKind.Authenticity, CheckOutcome.Skip, required: false));
        Assert.True(result.Accepted);
        var (vector, status) = Trust(result);
        Assert.Equal([2, 2, 3, 0, 0, 2, 0, 0], vector);
        Assert.Equal(TrustTier.Warning, status);
    }

    [Fact]
    public void A_machine_that_the_policy_does_not_name_is_not_recognised()
    {
        var (vector, status) = Trust(TokenSpec.Result(replaced: TokenSpec.Check(AttestationCodes.Machine, CheckKind.Policy, CheckOutcome.Skip, required: false)));
        Assert.Equal([0, 2, 3, 0, 2, 2, 0, 0], vector);
        Assert.Equal(TrustTier.Affirming, status);
    }

    [Fact]
    public void Debugging_that_the_policy_allows_is_still_told()
    {
        var result = TokenSpec.Result(claims: claims => claims with { Debug = true }, replaced: TokenSpec.Check(AttestationCodes.Debug, CheckKind.Policy, CheckOutcome.Skip, required: false));
        Assert.True(result.Accepted);
        var (vector, status) = Trust(result);
        Assert.Equal([2, 32, 3, 0, 2, 96, 0, 0], vector);
        Assert.Equal(TrustTier.Contraindicated, status);
    }

    [Fact]
    public void Malformed_and_unsupported_evidence_affirm_nothing()
    {
        var failure = TokenSpec.Check("AMN-SNP-0001", CheckKind.Authenticity, CheckOutcome.Fail);
        Assert.Equal(TrustTier.Contraindicated, Trust(AttestationResult.Malformed(AttestationPlatform.Snp, failure)).Status);
        Assert.Equal([1, 1, 1, 0, 1, 1, 0, 0], Trust(AttestationResult.Malformed(AttestationPlatform.Snp, failure)).Vector);
        Assert.Equal(TrustTier.None, Trust(AttestationResult.Unsupported(AttestationPlatform.Snp, failure)).Status);
        Assert.Equal(new int[8], Trust(AttestationResult.Unsupported(AttestationPlatform.Snp, failure)).Vector);
    }

    [Fact]
    public void A_real_appraisal_gives_what_its_checks_say()
    {
        var chain = new TestChain();
        var accepted = NitroAppraiser.Appraise(chain.Document(), chain.Policy, TestChain.Context);
        Assert.True(accepted.Accepted);
        var (vector, status) = Trust(accepted);
        Assert.Equal([0, 2, 3, 0, 0, 0, 0, 0], vector);
        Assert.Equal(TrustTier.Warning, status);
        var wrong = NitroAppraiser.Appraise(chain.Document(), chain.Policy, TestChain.Context with { Nonce = new byte[32] });
        Assert.Equal([96, 2, 3, 0, 0, 0, 0, 0], Trust(wrong).Vector);
        Assert.Equal(TrustTier.Contraindicated, Trust(wrong).Status);
        var forged = chain.Document();
        forged[^1] ^= 1;
        Assert.Equal([99, 99, 99, 0, 99, 99, 0, 0], Trust(NitroAppraiser.Appraise(forged, chain.Policy, TestChain.Context)).Vector);
        Assert.Equal(TrustTier.Contraindicated, Trust(NitroAppraiser.Appraise([1, 2, 3], chain.Policy, TestChain.Context)).Status);
    }

    [Theory]
    [InlineData(-128, TrustTier.Contraindicated)]
    [InlineData(-97, TrustTier.Contraindicated)]
    [InlineData(-96, TrustTier.Warning)]
    [InlineData(-33, TrustTier.Warning)]
    [InlineData(-32, TrustTier.Affirming)]
    [InlineData(-2, TrustTier.Affirming)]
    [InlineData(-1, TrustTier.None)]
    [InlineData(0, TrustTier.None)]
    [InlineData(1, TrustTier.None)]
    [InlineData(2, TrustTier.Affirming)]
    [InlineData(31, TrustTier.Affirming)]
    [InlineData(32, TrustTier.Warning)]
    [InlineData(95, TrustTier.Warning)]
    [InlineData(96, TrustTier.Contraindicated)]
    [InlineData(127, TrustTier.Contraindicated)]
    public void Tiers_begin_and_end_where_the_draft_says(int claim, TrustTier tier) => Assert.Equal(tier, TrustVector.TierOf((sbyte)claim));
}
