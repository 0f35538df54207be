using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Composite;
using Amnion.Attestation.SevSnp;
using Amnion.Attestation.Tests.SevSnp;
using Amnion.Attestation.Tests.Tpm;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Tests.Composite;

/// <summary>Every link between the hardware's report and the registers of an Azure confidential VM, each broken alone.</summary>
public sealed class AzureVtpmTests
{
    static string[] Rejected(TestAzureMachine machine, AzureVerification? verification = null) =>
        [.. AzureVtpmVerifier.Verify(machine.Evidence, verification ?? TestAzureMachine.Verification).Checks.Where(check => check.Rejects).Select(check => check.Code)];

    static Action<byte[]> Write(int offset, uint value) => bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Accepts_a_machine_whose_every_link_holds(uint hashType) => Assert.Empty(Rejected(new TestAzureMachine { HashType = hashType }));

    [Fact]
    public void Many_beginnings_of_certificates_are_refused_at_once()
    {
        var text = string.Concat(Enumerable.Repeat("-----BEGIN ", 40_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(AzureVtpmEvidence.TryParse(System.Text.Encoding.ASCII.GetBytes("{\"version\":3,\"hcl_report\":\"AA\",\"vcek\":\"" + text + "\"}"), out _));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
    }

    [Fact]
    public void Gives_the_values_of_every_layer()
    {
        var fields = AzureVtpmVerifier.Verify(new TestAzureMachine().Evidence, TestAzureMachine.Verification).Fields.ToDictionary(field => field.Name, field => field.Value);
        Assert.Equal("SNP", fields["hcl.report_type"]);
        Assert.Equal("HCLAkPub", fields["hcl.keys"]);
        Assert.Equal("true", fields["hcl.vm_configuration.secure-boot"]);
        Assert.Equal(Convert.ToHexStringLower(TestTpm.Nonce), fields["tpm.extra_data"]);
        Assert.Equal(SnpTestPlatform.Measurement, fields["snp.measurement"]);
    }

    [Fact]
    public void Refuses_runtime_data_that_the_report_does_not_bind()
    {
        Assert.Equal([AzureCodes.RuntimeData], Rejected(new TestAzureMachine { Bound = new byte[32] }));
        Assert.Equal([AzureCodes.RuntimeData], Rejected(new TestAzureMachine { ChangeReport = report => report[0x50 + 40] = 1 }));
        Assert.Equal([AzureCodes.RuntimeData], Rejected(new TestAzureMachine { HashType = 9 }));
    }

    [Fact]
    public void Refuses_a_quote_by_a_key_that_is_not_in_the_runtime_data()
    {
        using var other = RSA.Create(2048);
        var machine = new TestAzureMachine();
        var stranger = new TestTpm { Key = other, Scheme = TestTpm.RsaSsa };
        var evidence = machine.Evidence with { Quote = machine.Evidence.Quote with { Signature = TpmSignature.Parse(stranger.Sign(machine.Tpm.Message)) } };
        Assert.Equal([TpmCodes.Signature], AzureVtpmVerifier.Verify(evidence, TestAzureMachine.Verification).Checks.Where(check => check.Rejects).Select(check => check.Code));
    }

    [Theory]
    [InlineData("\"HCLAkPub\"", "\"HCLEkPub\"")]
    [InlineData("[\"sign\"]", "[\"encrypt\"]")]
    [InlineData("\"kty\":\"RSA\"", "\"kty\":\"EC\"")]
    [InlineData("\"AQAB\"", "\"Aw\"")]
    [InlineData("{\"keys\":[", "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"AQAB\"},")]
    public void Refuses_runtime_data_without_exactly_one_signing_key(string replace, string with)
    {
        var rejected = Rejected(new TestAzureMachine { ChangeRuntime = json => json.Replace(replace, with, StringComparison.Ordinal) });
        Assert.Equal([AzureCodes.AttestationKey, TpmCodes.Provenance, TpmCodes.KeyType, TpmCodes.SignatureAlgorithm, TpmCodes.Signature], rejected);
    }

    [Fact]
    public void Refuses_user_data_of_another_length() => Assert.Equal([AzureCodes.UserData], Rejected(new TestAzureMachine { UserData = "0011" }));

    [Fact]
    public void Refuses_a_header_that_answers_another_request()
    {
        Assert.Equal([AzureCodes.HclReport], Rejected(new TestAzureMachine { ChangeHcl = Write(4, 3) }));
        Assert.Equal([AzureCodes.HclReport], Rejected(new TestAzureMachine { ChangeHcl = Write(12, 1) }));
        Assert.Equal([AzureCodes.HclReport], Rejected(new TestAzureMachine { ChangeHcl = Write(16, 1) }));
        Assert.Equal([AzureCodes.HclReport], Rejected(new TestAzureMachine { ChangeHcl = Write(1220, 2) }));
    }

    [Fact]
    public void Refuses_a_quote_that_does_not_cover_every_register()
    {
        var machine = new TestAzureMachine { Tpm = new TestTpm { Key = TestTpm.Rsa().Key, Scheme = TestTpm.RsaSsa, Selections = [(TestTpm.Sha256, [0, 7])] } };
        Assert.Equal([TpmCodes.UnquotedValues, TpmCodes.Selection], Rejected(machine));
    }

    [Fact]
    public void Refuses_another_nonce_and_a_report_of_another_chip()
    {
        Assert.Equal([TpmCodes.Nonce], Rejected(new TestAzureMachine(), TestAzureMachine.Verification with { Nonce = new byte[8] }));
        Assert.Equal([PathCodes.TrustAnchor], Rejected(new TestAzureMachine(), TestAzureMachine.Verification with { Anchors = SnpRoots.All }));
        Assert.Equal([SnpCodes.HardwareId], Rejected(new TestAzureMachine { ChangeReport = report => report[0x1a0] ^= 1 }));
    }

    [Fact]
    public void Refuses_sizes_that_do_not_go_together_and_padding_that_is_not_zero()
    {
        foreach (var offset in new[] { 8, 1216, 1232 })
        {
            foreach (var value in new uint[] { 0, 1, 0x7fffffff, 0xffffffff })
            {
                Assert.False(AzureHclReport.TryParse(new TestAzureMachine { ChangeHcl = Write(offset, value) }.Hcl, out _));
            }
        }

        Assert.False(AzureHclReport.TryParse(new TestAzureMachine { ChangeHcl = hcl => hcl[^1] = 1 }.Hcl, out _));
        Assert.False(AzureHclReport.TryParse(new TestAzureMachine { ChangeHcl = hcl => hcl[25] = 1 }.Hcl, out _));
        Assert.False(AzureHclReport.TryParse(new TestAzureMachine { ChangeHcl = hcl => hcl[0] = 0 }.Hcl, out _));
        var whole = new TestAzureMachine().Hcl;
        Assert.False(AzureHclReport.TryParse(whole.AsSpan(0, 1235), out _));
        Assert.False(AzureHclReport.TryParse(whole.AsSpan(0, 1300), out _));
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2")]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1")]
    [InlineData("\"vcek\":", "\"td_quote\":\"AAAA\",\"vcek\":")]
    [InlineData("\"vcek\":", "\"extra\":")]
    [InlineData("\"pcrs\":[", "\"pcrs\":[\"00\",")]
    [InlineData("\"message\":\"ff", "\"message\":\"f")]
    public void Refuses_evidence_that_is_not_exactly_of_the_format(string replace, string with)
    {
        var json = Encoding.UTF8.GetString(new TestAzureMachine().Json);
        Assert.Contains(replace, json, StringComparison.Ordinal);
        Assert.False(AzureVtpmEvidence.TryParse(Encoding.UTF8.GetBytes(json.Replace(replace, with, StringComparison.Ordinal)), out _));
    }

    [Fact]
    public void Takes_evidence_with_its_platform_around_it_and_refuses_another_platforms_name()
    {
        var json = Encoding.UTF8.GetString(new TestAzureMachine().Json);
        Assert.True(AzureVtpmEvidence.TryParse(Encoding.UTF8.GetBytes("{\"platform\":\"az-snp\",\"evidence\":" + json + "}"), out _));
        Assert.False(AzureVtpmEvidence.TryParse(Encoding.UTF8.GetBytes("{\"platform\":\"az-tdx\",\"evidence\":" + json + "}"), out _));
    }

    [Fact]
    public void Appraises_with_a_policy_that_pins_the_paravisor_and_the_guest()
    {
        var machine = new TestAzureMachine();
        var result = AzureVtpmAppraiser.Appraise(machine.Json, TestAzureMachine.Policy, machine.Context);
        Assert.True(result.Accepted, string.Join(", ", result.Failures.Select(check => $"{check.Code} {check.Name}: {check.Actual}")));
        Assert.Equal(SHA512.HashData("user"u8), result.Claims!.UserData!.Value.ToArray());
        Assert.Equal(24, result.Claims.Registers.Count);
    }

    [Fact]
    public void Rejects_a_policy_that_pins_only_one_of_paravisor_and_guest()
    {
        var machine = new TestAzureMachine();
        foreach (var name in new[] { "snp.measurement", "tpm.pcr.4" })
        {
            var policy = TestAzureMachine.Policy with { Values = TestAzureMachine.Policy.Values.Remove(name) };
            Assert.Equal([AttestationCodes.PolicyPinsNoCode], AzureVtpmAppraiser.Appraise(machine.Json, policy, machine.Context).Failures.Select(check => check.Code));
        }
    }

    [Fact]
    public void Rejects_what_the_policy_does_not_name()
    {
        var machine = new TestAzureMachine();
        var other = TestAzureMachine.Policy with { Values = TestAzureMachine.Policy.Values.SetItem("tpm.pcr.4", [new string('1', 64)]) };
        Assert.Equal([AttestationCodes.FieldMismatch], AzureVtpmAppraiser.Appraise(machine.Json, other, machine.Context).Failures.Select(check => check.Code));
        Assert.Equal([AttestationCodes.Nonce], AzureVtpmAppraiser.Appraise(machine.Json, TestAzureMachine.Policy, machine.Context with { Nonce = new byte[32] }).Failures.Select(check => check.Code));
        Assert.Equal([AttestationCodes.Binding], AzureVtpmAppraiser.Appraise(machine.Json, TestAzureMachine.Policy, machine.Context with { ExpectedUserData = new byte[64] }).Failures.Select(check => check.Code));
        Assert.Equal([AttestationCodes.PlatformMismatch], AzureVtpmAppraiser.Appraise(machine.Json, TestAzureMachine.Policy with { Platform = AttestationPlatform.Snp }, machine.Context).Failures.Select(check => check.Code));
    }

    [Fact]
    public void Rejects_a_guest_whose_memory_the_host_may_read()
    {
        var machine = new TestAzureMachine { ChangeReport = report => report[0x0a] |= 0x08 };
        Assert.Equal([AttestationCodes.Debug], AzureVtpmAppraiser.Appraise(machine.Json, TestAzureMachine.Policy, machine.Context).Failures.Select(check => check.Code));
    }

    [Fact]
    public void Says_where_malformed_evidence_breaks()
    {
        var result = AzureVtpmAppraiser.Appraise("{}"u8, TestAzureMachine.Policy, new TestAzureMachine().Context);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal([AzureCodes.Malformed], result.Failures.Select(check => check.Code));
    }
}
