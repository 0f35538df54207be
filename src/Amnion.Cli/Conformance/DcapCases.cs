using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of Intel SGX and TDX quotes.</summary>
static class DcapCases
{
    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "trust_anchor" => Anchors(item),
        _ => Verify(item),
    };

    static CaseAnswer Verify(ConformanceCase item)
    {
        var endorsements = ReadEndorsements(item);
        DcapQuote quote;
        try
        {
            quote = DcapQuote.Parse(item.File("quote"));
        }
        catch (DcapFormatException exception)
        {
            return CaseAnswer.Malformed(exception.Code) with { Fields = DcapStages.Malformed };
        }

        var hasCollateral = item.Roles.Any(role => role != "quote");
        var verification = new DcapVerification
        {
            Anchors = [item.Anchor ?? DcapRoots.IntelSgxRootCa],
            At = CaseTime.Of(item, endorsements, quote),
            Endorsements = endorsements,
            MaySkip = hasCollateral ? [] : HardwareCases.WithoutCollateral,
            Cache = item.Cache,
        };
        var (checks, fields) = DcapVerifier.Verify(quote, verification);
        var rejecting = checks.Where(check => check.Rejects).ToList();
        if (item.EndsAtRefusal && rejecting.Count > 0)
        {
            return CaseAnswer.Of(rejecting, []);
        }

        var answer = new CaseAnswer(hasCollateral ? WithCollateral(rejecting) : WithoutCollateral(rejecting, quote, verification), [.. rejecting.Select(check => check.Code)], [.. fields, .. Signatures(checks), .. DcapStages.Of(rejecting), .. Expected(fields)])
        {
            Parsed = true,
            Policy = item.Policy is { } policy ? [.. new CasePolicy(fields, "td.", "report.", "td.attributes.").Failures(policy)] : null,
            DefaultPolicy = item.Asks("default_policy") ? Strict(quote, verification) : null,
        };

        // A root of the case's own is none of Intel's: under that the same must be refused.
        var isOwn = verification.Anchors[0] != DcapRoots.IntelSgxRootCa;
        return isOwn && answer.Accepts && !DcapVerifier.Verify(quote, verification with { Anchors = [DcapRoots.IntelSgxRootCa] }).Checks.Any(check => check.Rejects)
            ? answer with { Outcome = "valid under Intel's root too" }
            : answer;
    }

    static string WithCollateral(List<AttestationCheck> rejecting) => rejecting.Count == 0 ? "verified" : CaseAnswer.IsRevoked(rejecting) ? "revoked" : "invalid";

    /// <summary>"Signature chain verifies, full verification must fail closed": with nothing skipped the same quote must be refused.</summary>
    static string WithoutCollateral(List<AttestationCheck> rejecting, DcapQuote quote, DcapVerification verification)
    {
        if (rejecting.Count > 0)
        {
            return rejecting.Exists(check => check.Code == DcapCodes.NoPckChain) ? "no_pck_chain" : WithCollateral(rejecting);
        }

        var failsClosed = DcapVerifier.Verify(quote, verification with { MaySkip = [] }).Checks.Any(check => check.Rejects);
        return failsClosed ? "signature_valid_no_collateral" : "verified";
    }

    /// <summary>Codes by which a policy refuses that pins nothing but the quote's own code.</summary>
    static ImmutableArray<string> Strict(DcapQuote quote, DcapVerification verification)
    {
        var code = quote.Fields.Where(field => field.Name is "td.mrtd" or "td.rtmr1" or "td.rtmr2" or "report.mrenclave");
        var policy = new AppraisalPolicy
        {
            Platform = quote.Platform,
            TrustAnchor = verification.Anchors[0].KeyDigest,
            Values = code.ToImmutableSortedDictionary(field => field.Name, field => ImmutableArray.Create(field.Value), StringComparer.Ordinal),
            MaySkip = verification.MaySkip,
        };
        var context = new AppraisalContext { Now = verification.At, AtDocumentTime = true, Endorsements = verification.Endorsements, Cache = verification.Cache };
        return [.. DcapAppraiser.Appraise(quote, policy, context).Failures.Select(check => check.Code)];
    }

    static Endorsements ReadEndorsements(ConformanceCase item) => new()
    {
        Certificates = [.. item.Files("tcb_signing_chain", "qe_identity_chain", "tcb_signer", "pck_chain", "pck_certificate", "pck_crl_chain").Concat(item.Named("intermediate") is { } path ? [item.FileAt(path)] : []).SelectMany(CertificateFiles.Ders).Select(AsMemory)],
        RevocationLists = [.. item.Files("pck_crl", "root_crl", "crl").SelectMany(CertificateFiles.Ders).Select(AsMemory)],
        TcbInfos = [.. item.Files("tcb_info").Select(AsMemory)],
        EnclaveIdentities = [.. item.Files("qe_identity").Select(AsMemory)],
    };

    static ReadOnlyMemory<byte> AsMemory(byte[] bytes) => bytes;

    /// <summary>The five signatures and bindings that the manifest states one by one.</summary>
    static IEnumerable<EvidenceField> Signatures(ImmutableArray<AttestationCheck> checks)
    {
        var results = new List<(string Name, bool Holds)>
        {
            ("quote_sig_by_ak", Passed(checks, DcapCodes.QuoteSignature)),
            ("qe_binds_ak", Passed(checks, DcapCodes.QeReportData)),
        };
        if (checks.Any(check => check.Code == DcapCodes.QeReportSignature && check.Outcome != CheckOutcome.Skip))
        {
            results.Add(("chain_sigs", Passed(checks, PathCodes.CertificateSignature) && Passed(checks, PathCodes.RootNotSelfSigned)));
            results.Add(("root_is_intel_sgx", Passed(checks, PathCodes.TrustAnchor)));
            results.Add(("qe_report_sig_by_pck", Passed(checks, DcapCodes.QeReportSignature)));
        }

        return [.. results.Select(result => new EvidenceField("checks." + result.Name, result.Holds ? "true" : "false", "result of a check")),
            new EvidenceField("expected.fail_at", string.Join(',', results.Where(result => !result.Holds).Select(result => result.Name)), "checks that failed")];
    }

    /// <summary>The first check of a code: the PCK chain's, which is verified before any other.</summary>
    static bool Passed(ImmutableArray<AttestationCheck> checks, string code) => checks.FirstOrDefault(check => check.Code == code)?.Outcome == CheckOutcome.Pass;

    static IEnumerable<EvidenceField> Expected(ImmutableArray<EvidenceField> fields)
    {
        foreach (var field in fields)
        {
            if (field.Name is "tcb_status" or "qe_status" or "tdx_module_status" or "advisory_ids" or "tcb_date")
            {
                yield return field with { Name = "expected." + field.Name };
            }
            else if (field.Name == "tcb_evaluation_data_number")
            {
                yield return field with { Name = "expected.tcbEvaluationDataNumber" };
            }
        }
    }

    static CaseAnswer Anchors(ConformanceCase item)
    {
        var answer = CertificateCases.TrustAnchor(item);
        if (answer.IsMalformed)
        {
            return answer;
        }

        using var root = X509CertificateLoader.LoadCertificate(CertificateFiles.Ders(item.File("root"))[0]);
        var fields = new List<EvidenceField>(answer.Fields);
        foreach (var (index, der) in item.Files("tcb_signer").SelectMany(CertificateFiles.Ders).Index())
        {
            using var signer = X509CertificateLoader.LoadCertificate(der);
            var name = string.Create(CultureInfo.InvariantCulture, $"tcb_signers.{index}.");
            fields.Add(new(name + "sha256", TrustAnchor.FromCertificate(der).CertificateDigest.ToString()!, "certificate"));
            fields.Add(new(name + "serial", CertificateCases.Serial(signer), "serial number"));
            fields.Add(new(name + "nb", CertificateCases.Time(signer.NotBefore), "start of validity"));
            fields.Add(new(name + "na", CertificateCases.Time(signer.NotAfter), "end of validity"));
            fields.Add(new(name + "issued_by_root", IsIssuedBy(signer, root) ? "true" : "false", "signed by the root"));
        }

        var isIntel = TrustAnchor.FromCertificate(root.RawData) == DcapRoots.IntelSgxRootCa;
        return answer with { Outcome = isIntel ? answer.Outcome : "invalid", Fields = [.. fields] };
    }

    static bool IsIssuedBy(X509Certificate2 signer, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = signer.NotBefore.AddDays(1);
        return chain.Build(signer);
    }
}
