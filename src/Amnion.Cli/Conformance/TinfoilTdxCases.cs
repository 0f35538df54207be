using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;
using Amnion.Cli.EndorsementCollection;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Cases of tinfoil-conformance, stage "verify-attestation-tdx": a quote, injected collateral and a policy in input.json, and in expected.json whether it is
/// accepted, the upstream's code for the rejection (or several, any of which will do), and values.
/// </summary>
static class TinfoilTdxCases
{
    public static CaseAnswer Run(ConformanceCase item)
    {
        if (item.TryFile("input") is not { } bytes)
        {
            return Assets(item);
        }

        using var input = JsonDocument.Parse(bytes);
        var (codes, words, fields) = Verify(input.RootElement);
        var verdict = new TinfoilVerdict(codes, words.FirstOrDefault(string.Empty), fields) { Synonyms = [.. words] };
        return TinfoilExpectation.Answer(item, verdict, outputs => TinfoilTdxOutputs.Differences(outputs, fields));
    }

    /// <summary>
    /// The folder of files that the others were made from: quotes, which must be authentic, and collateral, which must be some. They are of different days,
    /// so that they are not held against each other here.
    /// </summary>
    static CaseAnswer Assets(ConformanceCase item)
    {
        var files = item.Entries.Select(entry => item.FileAt(entry.Path)).ToList();
        var quotes = files.Where(file => EndorsementContent.Recognise(file).Count == 0).ToList();
        var answer = CaseAnswer.Of(quotes.SelectMany(file => HardwareCases.VerifyQuote(item, file, DcapCodes.Trailing).Checks), []);
        return answer with { Outcome = files.Count > 0 && answer.Accepts ? "see expected.json" : "invalid" };
    }

    /// <summary>Appraises the block of a case; also part of the whole flow. The upstream's words stand in the order of our checks.</summary>
    public static (ImmutableArray<string> Codes, IReadOnlyCollection<string> Words, ImmutableArray<EvidenceField> Fields) Verify(JsonElement input)
    {
        var policy = input.TryGetProperty("policy", out var given) ? given : default;
        var evidence = Bytes(input.GetProperty("quote_b64").GetString()!);
        DcapQuote quote;
        try
        {
            quote = DcapQuote.Parse(evidence);
        }
        catch (DcapFormatException exception)
        {
            return ([exception.Code], [.. TinfoilTdxCodes.OfFormat(exception.Code)], []);
        }

        var result = Appraise(quote, evidence, input, policy);
        var failures = result.Failures.Where(check => TinfoilTdxPolicy.Counts(check, policy)).ToList();
        var words = failures.SelectMany(TinfoilTdxCodes.Of).ToList();
        if (TinfoilTdxPolicy.IsBelowMinimum(quote, policy))
        {
            words.Add("TEE_TCB_SVN_BELOW_MINIMUM");
        }

        var codes = failures.Select(check => check.Code).Concat(words.Count > failures.Count ? ["min_tee_tcb_svn"] : []).Distinct();
        return ([.. words.Count == 0 ? [] : codes], words, result.Claims?.Fields ?? quote.Fields);
    }

    static AttestationResult Appraise(DcapQuote quote, byte[] evidence, JsonElement input, JsonElement policy)
    {
        var collateral = input.TryGetProperty("collateral", out var given) ? given : default;
        var endorsements = ReadEndorsements(collateral, TinfoilTdxPolicy.NeedsTcb(policy));
        var root = Text(collateral, "intel_root_ca_pem") is { } pem ? TrustAnchor.FromCertificate(CertificateFiles.Ders(Encoding.ASCII.GetBytes(pem))[0]) : DcapRoots.IntelSgxRootCa;
        return DcapAppraiser.Appraise(
            evidence,
            TinfoilTdxPolicy.Read(quote, policy, root.KeyDigest),
            new AppraisalContext { Now = DateTimeOffset.FromUnixTimeSeconds(input.GetProperty("expiration_check_date_unix").GetInt64()), Endorsements = endorsements, AtDocumentTime = true });
    }

    /// <summary>Text that is no base64 encodes nothing, which is for the verifier to refuse.</summary>
    static byte[] Bytes(string base64) => Base64.IsValid(base64) ? Convert.FromBase64String(base64) : [];

    static Endorsements ReadEndorsements(JsonElement collateral, bool needsTcb)
    {
        string[] chains = ["tcb_info_issuer_chain_pem", "qe_identity_issuer_chain_pem", "pck_crl_issuer_chain_pem"];
        var certificates = chains.Select(name => Text(collateral, name)).OfType<string>().SelectMany(pem => CertificateFiles.Ders(Encoding.ASCII.GetBytes(pem))).Select(der => (ReadOnlyMemory<byte>)der).ToImmutableArray();
        return new Endorsements
        {
            // Where the case has Intel's own collateral it leaves out the chain that Intel sends along.
            Certificates = certificates.IsEmpty ? DcapRoots.TcbSigningCertificates : certificates,
            RevocationLists = [.. new[] { Text(collateral, "pck_crl_der_b64"), Text(collateral, "root_crl_der_b64") }.OfType<string>().Select(base64 => (ReadOnlyMemory<byte>)Bytes(base64))],
            TcbInfos = needsTcb ? Json(collateral, "tcb_info_json") : [],
            EnclaveIdentities = needsTcb ? Json(collateral, "qe_identity_json") : [],
        };
    }

    static ImmutableArray<ReadOnlyMemory<byte>> Json(JsonElement collateral, string name) => Text(collateral, name) is { } text ? [Encoding.UTF8.GetBytes(text)] : [];

    static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
