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
            return new CaseAnswer("invalid", [Attestation.Composite.AzureCodes.Malformed], []);
        }

        var result = AzureVtpmVerifier.Verify(evidence, new AzureVerification
        {
            Anchors = evidence.TdQuote is null ? SnpRoots.All : [DcapRoots.IntelSgxRootCa],
            At = item.VerifyAt ?? Time(evidence),
            Nonce = Nonce(item),

            // The Evidence brings neither revocation lists nor Intel's collateral.
            MaySkip = HardwareCases.WithoutCollateral,
        });
        return Answer(result.Checks, result.Fields);
    }

    static ReadOnlyMemory<byte>? Nonce(ConformanceCase item)
    {
        var stated = item.Json.TryGetProperty("policy", out var policy) && policy.TryGetProperty("nonce", out var wanted) ? wanted
            : item.Json.GetProperty("expected").TryGetProperty("nonce", out var nonce) ? nonce : default;
        return stated.ValueKind == JsonValueKind.String ? Convert.FromHexString(stated.GetString()!) : (ReadOnlyMemory<byte>?)null;
    }

    static DateTimeOffset Time(AzureVtpmEvidence evidence)
    {
        if (evidence.TdQuote is { } quote)
        {
            return DcapQuote.TryParse(quote.Span, out var parsed) ? HardwareCases.Time(parsed) : DateTimeOffset.UnixEpoch;
        }

        return HardwareCases.Time(evidence.Certificates[0].Span);
    }

    static CaseAnswer VerifyCleanroom(ConformanceCase item)
    {
        if (!CleanroomEvidence.TryParse(item.File("evidence"), out var evidence))
        {
            return new CaseAnswer("invalid", [Attestation.Composite.AzureCodes.Malformed], []);
        }

        var at = item.VerifyAt ?? HardwareCases.Time(evidence.PlatformCertificates[0].Span);

        // The manifest names no nonce; that the quote carries the one that the Evidence states is compared all the same.
        var verification = new AzureVerification { Anchors = SnpRoots.All, At = at, MaySkip = [.. HardwareCases.WithoutCollateral, TpmCodes.Nonce] };
        var result = CleanroomVerifier.Verify(evidence, verification, [UvmVerifier.MicrosoftSupplyChain2022], evidence.Endorsement is { } endorsement ? EndorsedAt(item, endorsement) : null);
        return Answer(result.Checks, result.Fields);
    }

    /// <summary>Signing certificates live a year; without a time in the case the endorsement's own counts.</summary>
    static DateTimeOffset EndorsedAt(ConformanceCase item, UvmReferenceInfo info) => item.VerifyAt ?? info.SigningTime ?? HardwareCases.Time(info.Chain[0].Span);

    static CaseAnswer VerifyEndorsement(ConformanceCase item)
    {
        var certificates = item.Files("uvm_host_amd_certificate").SelectMany(HostCertificates).ToList();
        if (!UvmReferenceInfo.TryParse(item.File("body"), out var info))
        {
            return new CaseAnswer("invalid", [Attestation.Composite.AzureCodes.UvmMalformed], []);
        }

        var fields = new List<EvidenceField>(info.Fields);
        var checks = new List<AttestationCheck>();
        Measurement? measurement = null;
        if (item.TryFile("snp_report") is { } bytes)
        {
            var report = SnpReport.Parse(bytes);
            measurement = report.Measurement;
            fields.AddRange(report.Fields.Select(field => field with { Name = "snp." + field.Name }));
            checks.AddRange(VerifyReport(item, report, certificates));
        }

        checks.AddRange(UvmVerifier.Verify(info, [UvmVerifier.MicrosoftSupplyChain2022], EndorsedAt(item, info), UvmVerifier.ContainerPlatform, measurement));
        return Answer([.. checks], fields);
    }

    static IEnumerable<AttestationCheck> VerifyReport(ConformanceCase item, SnpReport report, List<byte[]> certificates)
    {
        if (certificates.Count > 0)
        {
            foreach (var check in SnpVerifier.Verify(report, new SnpVerification
            {
                Anchors = SnpRoots.All,
                At = item.VerifyAt ?? HardwareCases.Time(certificates[0]),
                Endorsements = new Endorsements { Certificates = [.. certificates.Select(der => (ReadOnlyMemory<byte>)der).DistinctBy(der => Convert.ToHexString(der.Span))] },
                MaySkip = HardwareCases.WithoutCollateral,
            }))
            {
                yield return check;
            }
        }

        if (item.TryFile("uvm_security_policy") is { } policy)
        {
            yield return UvmVerifier.VerifySecurityPolicy(report, Convert.FromBase64String(Encoding.ASCII.GetString(policy).Trim()));
        }
    }

    /// <summary>The host's cache of AMD's certificates: PEM, or JSON with PEM inside.</summary>
    static IEnumerable<byte[]> HostCertificates(byte[] file)
    {
        if (file.AsSpan().TrimStart(" \r\n\t"u8) is not [(byte)'{', ..])
        {
            return CertificateFiles.Ders(file);
        }

        using var json = JsonDocument.Parse(file);
        return [.. s_hostMembers.SelectMany(name => CertificateFiles.Ders(Encoding.ASCII.GetBytes(json.RootElement.GetProperty(name).GetString()!)))];
    }

    static CaseAnswer Answer(ImmutableArray<AttestationCheck> checks, IEnumerable<EvidenceField> fields)
    {
        var codes = checks.Where(check => check.Rejects).Select(check => check.Code).ToImmutableArray();
        var revoked = !codes.IsEmpty && codes.All(code => code is PathCodes.Revoked or PathCodes.RevokedByIssuer);
        return new CaseAnswer(codes.IsEmpty ? "valid" : revoked ? "revoked" : "invalid", codes, TpmCases.Expand(fields));
    }
}
