using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Composite;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.SevSnp;
using Amnion.Attestation.Tpm;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Composite;

/// <summary>Published Evidence with one thing changed: each change has its own code.</summary>
public sealed class PublishedWrappingTests
{
    /// <summary>No published case brings collateral or revocation lists.</summary>
    static readonly ImmutableArray<string> s_without = [DcapCodes.TcbInfoMissing, DcapCodes.QeIdentityMissing, PathCodes.RevocationListMissing, DcapCodes.TcbStatus];

    static readonly DateTimeOffset s_cleanroomTime = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    static byte[] Read(string path) => File.ReadAllBytes(Path.Combine(SharedData.Folder("vectors/attestation"), path));

    static string[] Rejected(IEnumerable<AttestationCheck> checks) => [.. checks.Where(check => check.Rejects).Select(check => check.Code)];

    static readonly byte[] s_cleanroomNonce = Convert.FromBase64String("CmFzew51TJEK9y1wTWCx/zWoE9QDIVVZ2n3Ubll/YIE=");

    static string[] Cleanroom(string replace, string with, Func<AzureVerification, AzureVerification>? change = null)
    {
        var json = Encoding.UTF8.GetString(Read("azure/cleanroom-cvm-insecure-virtual-signing/attestation.json"));
        Assert.Contains(replace, json, StringComparison.Ordinal);
        var evidence = CleanroomEvidence.Parse(Encoding.UTF8.GetBytes(json.Replace(replace, with, StringComparison.Ordinal)));
        var verification = new AzureVerification { Anchors = SnpRoots.All, At = s_cleanroomTime, MaySkip = s_without, Nonce = s_cleanroomNonce };
        return Rejected(CleanroomVerifier.Verify(evidence, change?.Invoke(verification) ?? verification, []).Checks);
    }

    [Fact]
    public void A_clean_room_binds_key_nonce_and_what_it_repeats()
    {
        Assert.Empty(Cleanroom("snpCvm", "snpCvm"));
        Assert.Equal([AzureCodes.PublicKey], Cleanroom("END PUBLIC KEY-----\",", "END PUBLIC KEY-----\\n\","));
        Assert.Equal([AzureCodes.StatedValues], Cleanroom("CmFzew51TJEK9y1wTWCx/zWoE9QDIVVZ2n3Ubll/YIE=", "CmFzew51TJEK9y1wTWCx/zWoE9QDIVVZ2n3Ubll/YIA="));
        Assert.Equal([TpmCodes.Nonce], Cleanroom("snpCvm", "snpCvm", verification => verification with { Nonce = new byte[32] }));
        Assert.Equal([AzureCodes.StatedValues], Cleanroom("\"secure-boot\": true", "\"secure-boot\": false"));
        Assert.Equal([AzureCodes.StatedValues], Cleanroom("\"tpm-persisted\": false", "\"tpm-persisted\": true"));
        Assert.Equal([TpmCodes.PcrDigest], Cleanroom("4VxEeWvqv0arzsfFflkJQgQeR0l+TsJ1cci3Zk9I3O0=", "4VxEeWvqv0arzsfFflkJQgQeR0l+TsJ1cci3Zk9I3O4="));
    }

    [Fact]
    public void A_clean_rooms_own_nonce_is_no_expectation()
    {
        Assert.Equal([TpmCodes.Nonce], Cleanroom("snpCvm", "snpCvm", verification => verification with { Nonce = null }));
        Assert.Empty(Cleanroom("snpCvm", "snpCvm", verification => verification with { Nonce = null, MaySkip = s_without.Add(TpmCodes.Nonce) }));
    }

    [Fact]
    public void A_container_group_cannot_answer_a_nonce()
    {
        var bytes = Read("azure/aci-uvm-endorsement/snp_report.bin");
        var group = new CleanroomEvidence { Report = bytes, PlatformCertificates = [] };
        var verification = new AzureVerification { Anchors = SnpRoots.All, At = s_cleanroomTime, MaySkip = s_without };
        var without = Rejected(CleanroomVerifier.Verify(group, verification, []).Checks);
        Assert.DoesNotContain(TpmCodes.Nonce, without);
        var asked = CleanroomVerifier.Verify(group, verification with { Nonce = s_cleanroomNonce }, []).Checks;
        Assert.Equal([TpmCodes.Nonce, .. without], Rejected(asked));
        Assert.Equal(CheckOutcome.Skip, asked.Only(TpmCodes.Nonce).Outcome);
        Assert.Equal(without, Rejected(CleanroomVerifier.Verify(group, verification with { Nonce = s_cleanroomNonce, MaySkip = s_without.Add(TpmCodes.Nonce) }, []).Checks));
    }

    static UvmReferenceInfo Rebuilt(UvmReferenceInfo info, ImmutableArray<ReadOnlyMemory<byte>>? chain = null, ReadOnlyMemory<byte>? thumbprint = null) => new()
    {
        Algorithm = info.Algorithm,
        Protected = info.Protected,
        Payload = info.Payload,
        Signature = info.Signature,
        Chain = chain ?? info.Chain,
        Thumbprint = thumbprint,
        Issuer = info.Issuer,
        Feed = info.Feed,
        SigningTime = info.SigningTime,
        LaunchMeasurement = info.LaunchMeasurement,
        GuestSvn = info.GuestSvn,
    };

    [Fact]
    public void An_endorsement_whose_chain_repeats_a_certificate_is_refused_and_never_unchecked()
    {
        var info = UvmReferenceInfo.Parse(Read("azure/aci-uvm-endorsement/body.uvm_reference_info.bin"));
        var leaf = info.Chain[0];
        var measurement = new string('0', 96);
        byte[] Forge(params ReadOnlyMemory<byte>[] chain)
        {
            var header = new CborOutput().Map(5).Integer(1).Integer(-37).Integer(3).Text("application/json").Integer(33).Array(chain.Length);
            foreach (var certificate in chain)
            {
                header.Bytes(certificate.Span);
            }

            header.Text("iss").Text(info.Issuer).Text("feed").Text(UvmVerifier.ContainerPlatform);
            var payload = Encoding.UTF8.GetBytes("{\"x-ms-sevsnpvm-guestsvn\":\"9\",\"x-ms-sevsnpvm-launchmeasurement\":\"" + measurement + "\"}");
            return new CborOutput().Array(4).Bytes(header.ToArray()).Map(0).Bytes(payload).Bytes(new byte[256]).ToArray();
        }

        Assert.True(UvmReferenceInfo.TryParse(Forge(leaf, info.Chain[1]), out var parsed));
        Assert.Contains("twice", Assert.Throws<AzureFormatException>(() => UvmReferenceInfo.Parse(Forge(leaf, leaf))).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Assert.Throws<AzureFormatException>(() => UvmReferenceInfo.Parse(Forge(leaf, info.Chain[1], leaf))).Message, StringComparison.Ordinal);
        var repeated = UvmVerifier.Verify(Rebuilt(parsed, chain: [leaf, leaf]), [UvmVerifier.MicrosoftSupplyChain2022], info.SigningTime!.Value, launchMeasurement: Measurement.Zero(48));
        Assert.Equal([AzureCodes.UvmSignature], Rejected(repeated));
    }

    [Fact]
    public void An_endorsement_may_leave_its_thumbprint_out_and_must_not_state_another()
    {
        var info = UvmReferenceInfo.Parse(Read("azure/aci-uvm-endorsement/body.uvm_reference_info.bin"));
        string[] Verify(UvmReferenceInfo changed, out AttestationCheck thumbprint)
        {
            var checks = UvmVerifier.Verify(changed, [UvmVerifier.MicrosoftSupplyChain2022], info.SigningTime!.Value);
            thumbprint = checks.Only(AzureCodes.UvmThumbprint);
            return Rejected(checks);
        }

        Assert.Empty(Verify(Rebuilt(info), out var absent));
        Assert.Equal(CheckOutcome.Skip, absent.Outcome);
        Assert.Equal([AzureCodes.UvmThumbprint], Verify(Rebuilt(info, thumbprint: new byte[32]), out _));
    }

    static string[] Endorsement(Func<byte[], byte[]>? change = null, TrustAnchor? anchor = null, DateTimeOffset? at = null, string feed = UvmVerifier.ContainerPlatform, bool other = false)
    {
        var bytes = Read("azure/aci-uvm-endorsement/body.uvm_reference_info.bin");
        var info = UvmReferenceInfo.Parse(change?.Invoke(bytes) ?? bytes);
        var measurement = other ? Measurement.Zero(48) : SnpReport.Parse(Read("azure/aci-uvm-endorsement/snp_report.bin")).Measurement;
        return Rejected(UvmVerifier.Verify(info, [anchor ?? UvmVerifier.MicrosoftSupplyChain2022], at ?? info.SigningTime!.Value, feed, measurement));
    }

    static byte[] Replace(byte[] bytes, string from, string to)
    {
        var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(from));
        Assert.True(at > 0 && from.Length == to.Length);
        byte[] changed = [.. bytes];
        Encoding.ASCII.GetBytes(to).CopyTo(changed, at);
        return changed;
    }

    [Fact]
    public void An_endorsement_of_a_utility_vm_holds_for_its_signer_feed_measurement_and_time()
    {
        Assert.Empty(Endorsement());
        Assert.Equal([AzureCodes.UvmSignature], Endorsement(bytes => Replace(bytes, "\"22\"", "\"23\"")));
        Assert.Equal([AzureCodes.UvmSignature, AzureCodes.UvmIssuer], Endorsement(bytes => Replace(bytes, "sha256:I__iu", "sha256:I__iv")));
        Assert.Equal([AzureCodes.UvmSignature, AzureCodes.UvmIssuer], Endorsement(bytes => Replace(bytes, "sha256:I__iu", "sha256:I_!iu")));
        Assert.Equal([AzureCodes.UvmSignature, AzureCodes.UvmIssuer], Endorsement(bytes => Replace(bytes, "eku:1.3.6.1.4.1.311.76.59.1.2", "eku:1.3.6.1.4.1.311.76.59.1.3")));
        Assert.Equal([AzureCodes.UvmFeed], Endorsement(feed: "another"));
        Assert.Equal([AzureCodes.UvmMeasurement], Endorsement(other: true));
        Assert.Equal([PathCodes.TrustAnchor], Endorsement(anchor: SnpRoots.Milan));
        Assert.Equal([PathCodes.Expired], Endorsement(at: new DateTimeOffset(2024, 2, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void A_report_binds_its_security_policy()
    {
        var report = SnpReport.Parse(Read("azure/aci-uvm-endorsement/snp_report.bin"));
        var policy = Convert.FromBase64String(Encoding.ASCII.GetString(Read("azure/aci-uvm-endorsement/uvm_security_policy.base64")).Trim());
        Assert.False(UvmVerifier.VerifySecurityPolicy(report, policy).Rejects);
        Assert.Equal(AzureCodes.SecurityPolicy, UvmVerifier.VerifySecurityPolicy(report, [.. policy, 0]).Code);
        Assert.True(UvmVerifier.VerifySecurityPolicy(report, [.. policy, 0]).Rejects);
    }

    [Theory]
    [InlineData("azure/snp-v0/evidence-v0.json")]
    [InlineData("azure/tdx-v1/evidence-v1.json")]
    public void A_published_vtpm_is_refused_for_another_nonce(string path)
    {
        var evidence = AzureVtpmEvidence.Parse(Read(path));
        var verification = new AzureVerification { Anchors = [.. SnpRoots.All, DcapRoots.IntelSgxRootCa], At = new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero), Nonce = "challenge"u8.ToArray(), MaySkip = s_without };
        Assert.Empty(Rejected(AzureVtpmVerifier.Verify(evidence, verification).Checks));
        Assert.Equal([TpmCodes.Nonce], Rejected(AzureVtpmVerifier.Verify(evidence, verification with { Nonce = "challengf"u8.ToArray() }).Checks));
        Assert.Equal([PathCodes.RevocationListMissing], Rejected(AzureVtpmVerifier.Verify(evidence, verification with { MaySkip = s_without.Remove(PathCodes.RevocationListMissing) }).Checks).Distinct());
    }

    [Fact]
    public void A_tdx_quote_of_another_trust_domain_is_refused()
    {
        var evidence = AzureVtpmEvidence.Parse(Read("azure/tdx-v1/evidence-v1.json")) with { TdQuote = DstackEvidence.Parse(Read("eventlog/dstack-quote-report/quote-report.json")).Quote };
        var verification = new AzureVerification { Anchors = [DcapRoots.IntelSgxRootCa], At = new DateTimeOffset(2025, 12, 1, 0, 0, 0, TimeSpan.Zero), MaySkip = s_without };
        Assert.Equal([AzureCodes.QuoteDiffers], Rejected(AzureVtpmVerifier.Verify(evidence, verification).Checks));
    }

    [Fact]
    public void A_cc_event_log_must_replay_to_the_quote_and_fit_its_table()
    {
        var log = Read("eventlog/cos-113-tdx-ccel/ccel_data.dat");
        var quote = DcapQuote.Parse(Read("eventlog/cos-113-tdx-ccel/cos-113-tdx-quote.dat"));
        var table = Read("eventlog/cos-113-tdx-ccel/ccel_table.dat");
        Assert.Empty(Rejected(TdxLogVerifier.VerifyCcel(log, quote, table).Checks));
        Assert.Equal([EventLogCodes.Table], Rejected(TdxLogVerifier.VerifyCcel([.. log, 0xff], quote, table).Checks));
        var changed = Replace(log, "Exit Boot Services Invocation", "Exit Boot Services Invocatiom");
        Assert.Equal([EventLogCodes.DigestNotOfData], Rejected(TdxLogVerifier.VerifyCcel(changed, quote, table).Checks));
        var other = DcapQuote.Parse(DstackEvidence.Parse(Read("eventlog/dstack-quote-report/quote-report.json")).Quote.Span);
        Assert.Equal(Enumerable.Repeat(EventLogCodes.ReplayMismatch, 3).Append(EventLogCodes.RegisterNotInLog), Rejected(TdxLogVerifier.VerifyCcel(log, other).Checks));
    }

    [Fact]
    public void Runtime_events_count_only_where_what_measured_them_is_pinned()
    {
        var json = Read("eventlog/dstack-quote-report/quote-report.json");
        var quote = DcapQuote.Parse(DstackEvidence.Parse(json).Quote.Span);
        var fields = quote.Fields.ToDictionary(field => field.Name, field => field.Value);
        var values = new[] { "td.mrtd", "td.rtmr0", "td.rtmr1", "td.rtmr2" }.ToImmutableSortedDictionary(name => name, name => ImmutableArray.Create(fields[name]), StringComparer.Ordinal);
        var policy = new AppraisalPolicy { Platform = AttestationPlatform.Tdx, TrustAnchor = DcapRoots.IntelSgxRootCa.KeyDigest, Values = values.Add("dstack.app-id", ["3763bc34552cf3a27ff71ad5f7a90471562a1a2d"]), MaySkip = s_without };
        var context = new AppraisalContext { Now = new DateTimeOffset(2025, 12, 1, 0, 0, 0, TimeSpan.Zero), AtDocumentTime = true };
        var before = DcapAppraiser.Appraise(quote, policy with { Values = values }, context).Failures.Select(check => check.Code).ToList();
        Assert.Equal(before, TdxLogAppraiser.AppraiseDstack(json, policy, context).Failures.Select(check => check.Code));
        Assert.Equal(before.Append(AttestationCodes.FieldMismatch), TdxLogAppraiser.AppraiseDstack(json, policy with { Values = policy.Values.SetItem("dstack.app-id", ["00"]) }, context).Failures.Select(check => check.Code));
        Assert.Equal(before.Append(AttestationCodes.FieldMissing), TdxLogAppraiser.AppraiseDstack(json, policy with { Values = policy.Values.Add("dstack.no-such", ["00"]) }, context).Failures.Select(check => check.Code));
        Assert.Equal(before.Append(EventLogCodes.Malformed), TdxLogAppraiser.AppraiseDstack(json, policy, context with { EventLog = new byte[] { 1 } }).Failures.Select(check => check.Code));
        Assert.Equal(before.Append(EventLogCodes.RuntimeUnpinned), TdxLogAppraiser.AppraiseDstack(json, policy with { Values = policy.Values.Remove("td.rtmr0") }, context).Failures.Select(check => check.Code));
    }

    [Fact]
    public void An_endorsement_of_a_revoked_signer_is_refused()
    {
        var info = UvmReferenceInfo.Parse(Read("azure/aci-uvm-endorsement/body.uvm_reference_info.bin"));
        string[] Failures(params CertificateId[] revoked)
        {
            var checks = new CheckList();
            UvmVerifier.Verify(info, UvmVerifier.ContainerPlatform, null, new Amnion.Attestation.Certificates.PathContext { Anchors = [UvmVerifier.MicrosoftSupplyChain2022], At = info.SigningTime!.Value, Revoked = [.. revoked] }, checks);
            return [.. checks.ToImmutable().Where(check => check.Rejects).Select(check => check.Code)];
        }

        Assert.Empty(Failures());
        Assert.Equal([PathCodes.Revoked], Failures(CertificateId.FromCertificate(info.Chain[0].Span)));
    }

    [Fact]
    public void Another_parsers_result_describes_the_published_log()
    {
        foreach (var (path, result) in new[] { ("eventlog/confidential-containers-ccel-data-ovmf/CCEL_data_ovmf", "eventlog/confidential-containers-ccel-data-ovmf-out-json/CCEL_data_ovmf_out.json"), ("eventlog/confidential-containers-ccel-aael-alibabacloud/CCEL_AAEL_alibabacloud", "eventlog/confidential-containers-ccel-aael-alibabacloud-out-json/CCEL_AAEL_alibabacloud_out.json") })
        {
            var log = EventLog.Parse(Read(path));
            using var json = System.Text.Json.JsonDocument.Parse(Read(result));
            var theirs = json.RootElement.GetProperty("uefi_event_logs").EnumerateArray().Select(entry => (entry.GetProperty("type_name").GetString(), entry.GetProperty("index").GetUInt32(), entry.GetProperty("event").GetString(), entry.GetProperty("digests")[0].GetProperty("digest").GetString(), entry.GetProperty("digest_matches_event").GetBoolean()));
            var ours = log.Events.Select(entry => ((string?)entry.TypeName, entry.Register, (string?)Convert.ToBase64String(entry.Data.Span), (string?)Convert.ToHexStringLower(entry.Digests[0x000c].Span), SHA384.HashData(entry.Data.Span).AsSpan().SequenceEqual(entry.Digests[0x000c].Span)));
            Assert.Equal(theirs, ours);
        }
    }
}
