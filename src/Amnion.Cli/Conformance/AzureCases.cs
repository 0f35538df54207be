using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Composite;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.SevSnp;
using Amnion.Attestation.Tpm;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of Azure's wrappings: virtual TPM, clean room, endorsement of utility VMs.</summary>
static class AzureCases
{
    static readonly string[] s_hostMembers = ["vcekCert", "certificateChain"];

    static readonly (string Word, string[] Codes)[] s_snpSteps =
    [
        ("report_data_binds_vardata", [Attestation.Composite.AzureCodes.RuntimeData]),
        ("snp_signature_by_vcek", [SnpCodes.Signature, SnpCodes.SignatureAlgorithm]),
    ];

    static readonly (string Word, string[] Codes)[] s_tdxSteps =
    [
        ("tdquote_quote_sig_by_ak", [DcapCodes.QuoteSignature]),
        ("tdquote_qe_binds_ak", [DcapCodes.QeReportData]),
        ("tdquote_chain_sigs", [PathCodes.CertificateSignature, PathCodes.RootNotSelfSigned]),
        ("tdquote_root_is_intel_sgx", [PathCodes.TrustAnchor]),
        ("tdquote_qe_report_sig_by_pck", [DcapCodes.QeReportSignature]),
        ("quote_report_data_binds_vardata", [Attestation.Composite.AzureCodes.RuntimeData]),
    ];

    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "cleanroom_attestation_json" => VerifyCleanroom(item),
        "uvm_cose_sign1" => VerifyEndorsement(item),
        _ => VerifyVtpm(item),
    };

    static CaseAnswer VerifyVtpm(ConformanceCase item)
    {
        if (!AzureVtpmEvidence.TryParse(item.File("evidence"), out var evidence))
        {
            return CaseAnswer.Malformed(Attestation.Composite.AzureCodes.Malformed);
        }

        var endorsements = Endorsements(item);
        var verification = new AzureVerification
        {
            Anchors = Anchors(item, evidence.TdQuote is null ? SnpRoots.All : [DcapRoots.IntelSgxRootCa]),
            At = Time(item, evidence, endorsements),
            Endorsements = endorsements,
            Cache = item.Cache,
            Nonce = item.Expectation is { } expected && expected.TryGetProperty("nonce", out var nonce) && nonce.ValueKind == JsonValueKind.String ? Convert.FromHexString(nonce.GetString()!) : (ReadOnlyMemory<byte>?)null,
            MaySkip = MaySkip(item),
        };
        var result = AzureVtpmVerifier.Verify(evidence, verification);
        if (item.EndsAtRefusal && result.Checks.Any(check => check.Rejects))
        {
            return CaseAnswer.Of(result.Checks, []);
        }

        var answer = CaseAnswer.Of(result.Checks, TpmCases.Expand([.. result.Fields, .. Expected(result, evidence.TdQuote is null)]));
        if (item.Policy is not { } policy)
        {
            return answer;
        }

        var asked = AzureVtpmVerifier.Verify(evidence, verification with { Nonce = TpmCases.Nonce(policy) ?? verification.Nonce, Registers = TpmCases.Registers(policy) }).Checks.Where(check => check.Rejects).Select(check => check.Code).Except(answer.Codes);
        return answer with { Policy = [.. asked, .. Policy(result.Fields).Failures(policy, TpmCases.Handled)] };
    }

    /// <summary>The manifest's words for the steps, and the nonce that the quote carries.</summary>
    static IEnumerable<EvidenceField> Expected(CompositeVerificationResult result, bool isSnp)
    {
        (string Word, string[] Codes)[] steps =
        [
            ("tpm_signature_by_HCLAkPub", [TpmCodes.Signature, TpmCodes.SignatureAlgorithm, TpmCodes.KeyType, Attestation.Composite.AzureCodes.AttestationKey]),
            ("pcr_digest", [TpmCodes.PcrDigest]),
            .. isSnp ? s_snpSteps : s_tdxSteps,
        ];
        var failed = steps.Where(step => result.Checks.Any(check => check.Rejects && step.Codes.Contains(check.Code))).Select(step => step.Word);
        yield return new("expected.fail_at", string.Join(',', failed), "steps that failed");
        if (result.Fields.FirstOrDefault(field => field.Name == "tpm.extra_data") is { } nonce)
        {
            yield return nonce with { Name = "expected.nonce" };
        }
    }

    static DateTimeOffset Time(ConformanceCase item, AzureVtpmEvidence evidence, Endorsements endorsements)
    {
        var quote = evidence.TdQuote is { } encoded && DcapQuote.TryParse(encoded.Span, out var parsed) ? parsed : null;
        return CaseTime.Of(item, endorsements with { Certificates = endorsements.Certificates.AddRange(evidence.Certificates) }, quote);
    }

    static CaseAnswer VerifyCleanroom(ConformanceCase item)
    {
        if (!CleanroomEvidence.TryParse(item.File("evidence"), out var evidence))
        {
            return CaseAnswer.Malformed(Attestation.Composite.AzureCodes.Malformed);
        }

        var endorsements = Endorsements(item);
        var verification = new AzureVerification
        {
            Anchors = Anchors(item, SnpRoots.All),
            At = CaseTime.Of(item, endorsements with { Certificates = endorsements.Certificates.AddRange(evidence.PlatformCertificates) }),
            Endorsements = endorsements,
            Cache = item.Cache,

            // The manifest names no nonce; that the quote carries the one that the Evidence states is compared all the same.
            MaySkip = [.. MaySkip(item), TpmCodes.Nonce],
        };
        var result = CleanroomVerifier.Verify(evidence, verification, [UvmVerifier.MicrosoftSupplyChain2022], evidence.Endorsement is { } endorsement ? EndorsedAt(item, endorsement) : null);
        return Answer(item, result.Checks, result.Fields);
    }

    /// <summary>Signing certificates live a year; without a time in the case the endorsement's own counts.</summary>
    static DateTimeOffset EndorsedAt(ConformanceCase item, UvmReferenceInfo info) => item.VerifyAt ?? info.SigningTime ?? CaseTime.Of(item, [.. info.Chain]);

    static CaseAnswer VerifyEndorsement(ConformanceCase item)
    {
        if (!UvmReferenceInfo.TryParse(item.File("body"), out var info))
        {
            return CaseAnswer.Malformed(Attestation.Composite.AzureCodes.UvmMalformed);
        }

        var fields = new List<EvidenceField>(info.Fields);
        var checks = new List<AttestationCheck>();
        Measurement? measurement = null;
        if (item.TryFile("snp_report") is { } bytes)
        {
            var report = SnpReport.Parse(bytes);
            measurement = report.Measurement;
            fields.AddRange(report.Fields.Select(field => field with { Name = "snp." + field.Name }));
            checks.AddRange(VerifyReport(item, report));
        }

        checks.AddRange(UvmVerifier.Verify(info, [UvmVerifier.MicrosoftSupplyChain2022], EndorsedAt(item, info), UvmVerifier.ContainerPlatform, measurement));
        return Answer(item, [.. checks], fields);
    }

    /// <summary>Always: a report without any certificate of its signer's is refused for the want of one.</summary>
    static ImmutableArray<AttestationCheck> VerifyReport(ConformanceCase item, SnpReport report)
    {
        var endorsements = Endorsements(item);
        ImmutableArray<AttestationCheck> checks = SnpVerifier.Verify(report, new SnpVerification
        {
            Anchors = Anchors(item, SnpRoots.All),
            At = CaseTime.Of(item, endorsements),
            Endorsements = endorsements,
            Cache = item.Cache,
            MaySkip = MaySkip(item),
        });
        return item.TryFile("uvm_security_policy") is { } policy ? checks.Add(UvmVerifier.VerifySecurityPolicy(report, SecurityPolicy(policy))) : checks;
    }

    /// <summary>Base64 of the policy; anything else hashes to nothing that a report binds.</summary>
    static byte[] SecurityPolicy(byte[] file) => Encoding.ASCII.GetString(file).Trim() is var text && Base64.IsValid(text) ? Convert.FromBase64String(text) : file;

    static ImmutableArray<TrustAnchor> Anchors(ConformanceCase item, ImmutableArray<TrustAnchor> manufacturer) => item.Anchor is { } own ? [own] : manufacturer;

    /// <summary>Evidence brings neither revocation lists nor Intel's collateral; where the case does, nothing is skipped.</summary>
    static ImmutableArray<string> MaySkip(ConformanceCase item) => item.Roles.Any(role => role is "crl" or "tcb_info" or "qe_identity") ? [] : HardwareCases.WithoutCollateral;

    /// <summary>What a case brings beside the Evidence.</summary>
    static Endorsements Endorsements(ConformanceCase item) => new()
    {
        Certificates = [.. item.Files("uvm_host_amd_certificate", "vcek", "vek", "chain", "intermediate", "tcb_signing_chain", "qe_identity_chain").Concat(item.Named("intermediate") is { } path ? [item.FileAt(path)] : []).SelectMany(HostCertificates).Select(der => (ReadOnlyMemory<byte>)der).DistinctBy(der => Convert.ToHexString(der.Span))],
        RevocationLists = [.. item.Files("crl", "pck_crl", "root_crl").SelectMany(CertificateFiles.Ders).Select(list => (ReadOnlyMemory<byte>)list)],
        TcbInfos = [.. item.Files("tcb_info").Select(file => (ReadOnlyMemory<byte>)file)],
        EnclaveIdentities = [.. item.Files("qe_identity").Select(file => (ReadOnlyMemory<byte>)file)],
    };

    /// <summary>The host's cache of AMD's certificates: PEM, or JSON with PEM inside.</summary>
    static IEnumerable<byte[]> HostCertificates(byte[] file)
    {
        if (file.AsSpan().TrimStart(" \r\n\t"u8) is not [(byte)'{', ..])
        {
            return CertificateFiles.Ders(file);
        }

        try
        {
            using var json = JsonDocument.Parse(file);
            return [.. s_hostMembers.SelectMany(name => CertificateFiles.Ders(Encoding.ASCII.GetBytes(json.RootElement.GetProperty(name).GetString()!)))];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            // No certificate then, which is for the verifier to say.
            return [file];
        }
    }

    static CasePolicy Policy(IReadOnlyCollection<EvidenceField> fields) => new(TpmCases.Expand(fields), "tpm.", "snp.", "td.", "quote.", "hcl.");

    static CaseAnswer Answer(ConformanceCase item, ImmutableArray<AttestationCheck> checks, IReadOnlyCollection<EvidenceField> fields) =>
        CaseAnswer.Of(checks, TpmCases.Expand(fields)) with { Policy = item.Policy is { } policy ? [.. Policy(fields).Failures(policy)] : null };
}
