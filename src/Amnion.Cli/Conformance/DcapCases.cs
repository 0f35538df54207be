using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of Intel SGX and TDX quotes.</summary>
static class DcapCases
{
    /// <summary>For quotes that come without any collateral and without a time: nothing time-dependent decides about them.</summary>
    static readonly DateTimeOffset s_anyTime = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What a quote alone cannot have.</summary>
    static readonly ImmutableArray<string> s_withoutCollateral = [DcapCodes.TcbInfoMissing, DcapCodes.QeIdentityMissing, PathCodes.RevocationListMissing];

    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "trust_anchor" => Anchors(item),
        _ => Verify(item),
    };

    static CaseAnswer Verify(ConformanceCase item)
    {
        var anchor = item.Json.TryGetProperty("anchor", out var own) ? TrustAnchor.FromCertificate(item.FileAt(own.GetString()!)) : DcapRoots.IntelSgxRootCa;
        var hasCollateral = item.Roles.Any(role => role != "quote");
        var verification = new DcapVerification
        {
            Anchors = [anchor],
            At = item.VerifyAt ?? s_anyTime,
            Endorsements = ReadEndorsements(item),
            MaySkip = hasCollateral ? [] : s_withoutCollateral,
        };
        DcapQuote quote;
        try
        {
            quote = DcapQuote.Parse(item.File("quote"));
        }
        catch (DcapFormatException exception)
        {
            return new CaseAnswer("invalid", [exception.Code], []);
        }

        var (checks, fields) = DcapVerifier.Verify(quote, verification);
        var codes = checks.Where(check => check.Rejects).Select(check => check.Code).ToImmutableArray();
        var outcome = hasCollateral ? WithCollateral(codes) : WithoutCollateral(codes);
        return new CaseAnswer(outcome, codes, [.. fields, .. Signatures(checks), .. Expected(fields)]);
    }

    static string WithCollateral(ImmutableArray<string> codes) =>
        codes.IsEmpty ? "verified" : codes.All(code => code is PathCodes.Revoked or PathCodes.RevokedByIssuer) ? "revoked" : "invalid";

    static string WithoutCollateral(ImmutableArray<string> codes) =>
        codes.IsEmpty ? "signature_valid_no_collateral"
        : codes.Contains(DcapCodes.NoPckChain) ? "no_pck_chain"
        : codes.Contains(DcapCodes.CertificateMalformed) ? "parse_only"
        : "invalid";

    static Endorsements ReadEndorsements(ConformanceCase item) => new()
    {
        Certificates = [.. Files(item, "tcb_signing_chain", "qe_identity_chain", "tcb_signer", "pck_chain", "pck_certificate").SelectMany(CertificateFiles.Ders).Select(AsMemory)],
        RevocationLists = [.. Files(item, "pck_crl", "root_crl").SelectMany(CertificateFiles.Ders).Select(AsMemory)],
        TcbInfos = [.. Files(item, "tcb_info").Select(AsMemory)],
        EnclaveIdentities = [.. Files(item, "qe_identity").Select(AsMemory)],
    };

    static IEnumerable<byte[]> Files(ConformanceCase item, params string[] roles) => roles.SelectMany(role => item.Files(role));

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
        var root = X509CertificateLoader.LoadCertificate(item.File("root"));
        var fields = new List<EvidenceField>(answer.Fields);
        foreach (var (index, der) in item.Files("tcb_signer").Index())
        {
            using var signer = X509CertificateLoader.LoadCertificate(der);
            var name = string.Create(CultureInfo.InvariantCulture, $"tcb_signers.{index}.");
            var serial = new BigInteger(signer.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true).ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
            fields.Add(new(name + "sha256", TrustAnchor.FromCertificate(der).CertificateDigest.ToString()!, "certificate"));
            fields.Add(new(name + "serial", "0x" + serial, "serial number"));
            fields.Add(new(name + "nb", Time(signer.NotBefore), "start of validity"));
            fields.Add(new(name + "na", Time(signer.NotAfter), "end of validity"));
            fields.Add(new(name + "issued_by_root", IsIssuedBy(signer, root) ? "true" : "false", "signed by the root"));
        }

        var isIntel = TrustAnchor.FromCertificate(root.RawData) == DcapRoots.IntelSgxRootCa;
        root.Dispose();
        return new CaseAnswer(isIntel ? answer.Outcome : "invalid", [], [.. fields]);
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

    static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
