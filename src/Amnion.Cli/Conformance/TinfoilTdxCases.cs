using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

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
            // The folder of files that the others were made from; there is nothing to verify.
            foreach (var (_, path) in item.Entries)
            {
                _ = item.FileAt(path);
            }

            return new CaseAnswer("see expected.json");
        }

        using var input = JsonDocument.Parse(bytes);
        using var expected = JsonDocument.Parse(item.File("expected"));
        _ = Encoding.UTF8.GetString(item.TryFile("manifest") ?? []);
        var (codes, words, fields) = Verify(input.RootElement);
        return Answer(codes, words, fields, expected.RootElement);
    }

    /// <summary>Appraises the block of a case; also part of the whole flow. The upstream's words stand in the order of our checks.</summary>
    public static (ImmutableArray<string> Codes, IReadOnlyCollection<string> Words, ImmutableArray<EvidenceField> Fields) Verify(JsonElement input)
    {
        var policy = input.TryGetProperty("policy", out var given) ? given : default;
        var evidence = Convert.FromBase64String(input.GetProperty("quote_b64").GetString()!);
        DcapQuote quote;
        try
        {
            quote = DcapQuote.Parse(evidence);
        }
        catch (DcapFormatException exception)
        {
            return ([exception.Code], [.. TinfoilTdxCodes.OfFormat(exception.Code)], []);
        }

        var failures = Appraise(quote, evidence, input, policy).Where(check => TinfoilTdxPolicy.Counts(check, policy)).ToList();
        var words = failures.SelectMany(TinfoilTdxCodes.Of).ToList();
        if (TinfoilTdxPolicy.IsBelowMinimum(quote, policy))
        {
            words.Add("TEE_TCB_SVN_BELOW_MINIMUM");
        }

        var codes = failures.Select(check => check.Code).Concat(words.Count > failures.Count ? ["min_tee_tcb_svn"] : []).Distinct();
        return ([.. words.Count == 0 ? [] : codes], words, quote.Fields);
    }

    static IEnumerable<AttestationCheck> Appraise(DcapQuote quote, byte[] evidence, JsonElement input, JsonElement policy)
    {
        var collateral = input.TryGetProperty("collateral", out var given) ? given : default;
        var endorsements = ReadEndorsements(collateral, TinfoilTdxPolicy.NeedsTcb(policy));
        var root = Text(collateral, "intel_root_ca_pem") is { } pem ? TrustAnchor.FromCertificate(CertificateFiles.Ders(Encoding.ASCII.GetBytes(pem))[0]) : DcapRoots.IntelSgxRootCa;
        return DcapAppraiser.Appraise(
            evidence,
            TinfoilTdxPolicy.Read(quote, policy, root.KeyDigest),
            new AppraisalContext { Now = DateTimeOffset.FromUnixTimeSeconds(input.GetProperty("expiration_check_date_unix").GetInt64()), Endorsements = endorsements, AtDocumentTime = true }).Failures;
    }

    static Endorsements ReadEndorsements(JsonElement collateral, bool needsTcb)
    {
        string[] chains = ["tcb_info_issuer_chain_pem", "qe_identity_issuer_chain_pem", "pck_crl_issuer_chain_pem"];
        var certificates = chains.Select(name => Text(collateral, name)).OfType<string>().SelectMany(pem => CertificateFiles.Ders(Encoding.ASCII.GetBytes(pem))).Select(der => (ReadOnlyMemory<byte>)der).ToImmutableArray();
        return new Endorsements
        {
            // Where the case has Intel's own collateral it leaves out the chain that Intel sends along.
            Certificates = certificates.IsEmpty ? DcapRoots.TcbSigningCertificates : certificates,
            RevocationLists = [.. new[] { Text(collateral, "pck_crl_der_b64"), Text(collateral, "root_crl_der_b64") }.OfType<string>().Select(base64 => (ReadOnlyMemory<byte>)Convert.FromBase64String(base64))],
            TcbInfos = needsTcb ? Json(collateral, "tcb_info_json") : [],
            EnclaveIdentities = needsTcb ? Json(collateral, "qe_identity_json") : [],
        };
    }

    static ImmutableArray<ReadOnlyMemory<byte>> Json(JsonElement collateral, string name) => Text(collateral, name) is { } text ? [Encoding.UTF8.GetBytes(text)] : [];

    static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    static CaseAnswer Answer(ImmutableArray<string> codes, IReadOnlyCollection<string> words, ImmutableArray<EvidenceField> fields, JsonElement expected)
    {
        var accepted = codes.IsEmpty;
        var differences = accepted && expected.TryGetProperty("outputs", out var outputs) && outputs.ValueKind == JsonValueKind.Object ? TinfoilTdxOutputs.Differences(outputs, fields).ToList() : [];
        if (differences.Count > 0 || accepted != expected.GetProperty("accepted").GetBoolean())
        {
            return new CaseAnswer(accepted ? differences.Count > 0 ? "valid, but " + string.Join(", ", differences) : "valid" : "invalid", codes, fields);
        }

        if (accepted)
        {
            return new CaseAnswer("valid", codes, fields);
        }

        // Several codes are alternatives: one that fits answers the list.
        var upstream = expected.GetProperty("rejection").GetProperty("code");
        var alternatives = upstream.ValueKind == JsonValueKind.Array ? [.. upstream.EnumerateArray().Select(code => code.GetString()!)] : new[] { upstream.GetString()! };
        var answer = alternatives.Any(words.Contains) ? string.Join(',', alternatives) : string.Join(',', words.Distinct());
        return new CaseAnswer("invalid", codes, [.. fields, new EvidenceField("expected.rejection_code", answer, "the upstream's code")]);
    }
}
