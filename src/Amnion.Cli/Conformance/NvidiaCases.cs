using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Nvidia;
using Amnion.Attestation.Tokens;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of NVIDIA GPUs and switches: reports, chains, manifests, OCSP responses, results.</summary>
static class NvidiaCases
{
    const string Manifest = "MANIFEST.json";

    /// <summary>iss of the tokens that NVIDIA's attestation SDK makes where it verifies by itself.</summary>
    const string LocalVerifier = "NVAT-LOCAL-VERIFIER";

    /// <summary>The end of the year 9999, seconds since 1970.</summary>
    const long MaxTime = 253402300800;

    /// <summary>
    /// Cases hold one document each: a report without manifests and OCSP answers, a manifest without answers. Only those checks may go unmade,
    /// and the ones that follow from them; reports of drivers before 550 and of switches have no firmware identifier.
    /// </summary>
    static readonly ImmutableArray<string> s_notInCases =
        [OcspCodes.Missing, NvidiaCodes.DriverRimMissing, NvidiaCodes.VbiosRimMissing, NvidiaCodes.FirmwareId, NvidiaCodes.Debug, NvidiaCodes.SecureBoot];

    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "gpu_report" or "switch_report" => Report(item),
        "cert_chain" or "cert_chain_negative" => Chain(item),
        "rim" => Rim(item),
        "ocsp_response" => Ocsp(item),
        "gpu_attestation_json" => Container(item),
        "trust_anchor" => Anchors(item),
        _ => throw new FormatException($"nobody reads cases of the kind \"{item.Kind}\""),
    };

    static CaseAnswer Report(ConformanceCase item)
    {
        if (!NvidiaReport.TryParse(Binary(item.File("report")), out var report) || !NvidiaChain.TryParsePem(item.File("chain"), out var chain))
        {
            return new CaseAnswer("invalid", [NvidiaCodes.Malformed], []);
        }

        var evidence = new NvidiaEvidence { Report = report, Chain = chain };
        var codes = Rejecting(NvidiaVerifier.Verify(evidence, Verification(item.VerifyAt ?? chain.ValidFrom, item.Cache)).Checks);
        var isOfKind = (report.Kind == NvidiaDeviceKind.Gpu) == (item.Kind == "gpu_report");
        if (!isOfKind)
        {
            codes = codes.Add("the report is of another kind of device");
        }

        var fields = evidence.Fields
            .Add(new EvidenceField("expected.trailing_bytes", report.PaddingLength.ToString(CultureInfo.InvariantCulture), "zero bytes after the signature"))
            .Add(new EvidenceField("expected.fail_at", string.Join(',', Stages(codes)), "steps that failed"));

        // "parse_only" asks for decoding alone; the step that fails is then still compared through fail_at.
        return new CaseAnswer(item.Expected == "parse_only" && isOfKind ? "parse_only" : Outcome(codes), codes, fields);
    }

    static IEnumerable<string> Stages(ImmutableArray<string> codes)
    {
        if (codes.Contains(NvidiaCodes.Signature))
        {
            yield return "report_sig";
        }

        if (codes.Contains(PathCodes.CertificateSignature))
        {
            yield return "chain_sigs";
        }

        if (codes.Contains(PathCodes.RootNotSelfSigned) || codes.Contains(PathCodes.TrustAnchor))
        {
            yield return "root_self";
        }
    }

    static CaseAnswer Chain(ConformanceCase item)
    {
        if (!NvidiaChain.TryParsePem(item.File("chain"), out var chain))
        {
            return new CaseAnswer("invalid", [NvidiaCodes.Malformed], []);
        }

        var codes = Rejecting(NvidiaVerifier.VerifyChain(chain, Verification(item.VerifyAt ?? chain.ValidFrom, item.Cache)).Checks);
        return new CaseAnswer(Outcome(codes), codes, []);
    }

    /// <summary>A manifest is verified alone, and against every authentic report of the folder that names its version: a manifest that contradicts one is no good.</summary>
    static CaseAnswer Rim(ConformanceCase item)
    {
        var xml = item.File("rim");
        if (!NvidiaRim.TryParse(xml, out var rim))
        {
            return new CaseAnswer("invalid", [NvidiaCodes.RimMalformed], []);
        }

        // Manifests state no time; any within their certificates' validity will do.
        var codes = Rejecting(NvidiaRimVerifier.Verify(rim, Verification(item.VerifyAt ?? rim.Chain.ValidFrom, item.Cache)).Checks);
        foreach (var report in item.Shared<List<NvidiaReport>>("reports of " + item.Tee, unaltered => [.. Reports(unaltered)]))
        {
            if ((rim.Kind == NvidiaRimKind.Driver ? report.DriverVersion : report.VbiosVersion) == rim.Version)
            {
                codes = codes.AddRange(Rejecting(NvidiaRimVerifier.Compare(rim, report)));
            }
        }

        return new CaseAnswer(Outcome(codes), [.. codes.Distinct()], []);
    }

    static CaseAnswer Ocsp(ConformanceCase item)
    {
        var response = Binary(item.File("ocsp"));
        if (!NvidiaOcspVerifier.TryWindow(response, out var from, out _))
        {
            return new CaseAnswer("invalid", [OcspCodes.Malformed], []);
        }

        // The issuer is not among the case's files: certificates of every chain and manifest of the folder are looked through.
        var codes = Rejecting(NvidiaOcspVerifier.Verify(response, item.Shared("certificates of " + item.Tee, Certificates), Verification(item.VerifyAt ?? from.Value, item.Cache)));
        return new CaseAnswer(codes.Any(code => code is OcspCodes.Revoked or OcspCodes.OnHold) && codes.Length == 1 ? "revoked" : Outcome(codes), codes, []);
    }

    /// <summary>Evidence as NVIDIA's SDK writes it, or the result of its verifier.</summary>
    static CaseAnswer Container(ConformanceCase item)
    {
        var json = item.File("evidence");
        try
        {
            if (Result(json) is { } result)
            {
                return Result(item, json, result);
            }

            var all = NvidiaEvidence.ParseJson(json);
            var codes = all.SelectMany(evidence => Rejecting(NvidiaVerifier.Verify(evidence, Verification(item.VerifyAt ?? evidence.Chain.ValidFrom, item.Cache)).Checks)).Distinct().ToImmutableArray();
            return new CaseAnswer(Outcome(codes), codes, all[0].Fields);
        }
        catch (NvidiaFormatException exception)
        {
            return new CaseAnswer("invalid", [exception.Code], []);
        }
    }

    static AttestationToken? Result(byte[] json)
    {
        try
        {
            return AttestationToken.Parse(json) is { Kind: AttestationTokenKind.NrasBundle } result ? result : null;
        }
        catch (TokenFormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// The result of NVIDIA's local verifier, for the nonce and, where the case states none, the time that it states itself. Its tokens carry no signature at all;
    /// those checks alone go unmade. Amnion itself never takes such a result for Evidence.
    /// </summary>
    static CaseAnswer Result(ConformanceCase item, byte[] json, AttestationToken result)
    {
        string Claim(string name) => result.Fields.FirstOrDefault(field => field.Name == "overall." + name)?.Value ?? string.Empty;
        var issued = long.TryParse(Claim("iat"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < MaxTime ? seconds : 0;
        var verification = NrasAppraiser.Appraise(json, [], new NrasExpectation
        {
            Now = item.VerifyAt ?? DateTimeOffset.FromUnixTimeSeconds(issued),
            ClockSkew = TimeSpan.Zero,
            Nonce = Claim("eat_nonce") is { Length: 64 } nonce && nonce.All(char.IsAsciiHexDigit) ? Convert.FromHexString(nonce) : ReadOnlyMemory<byte>.Empty,
            Issuer = LocalVerifier,
            MaySkip = [TokenCodes.NrasSignature, TokenCodes.NrasAlgorithm],
        });
        var rejecting = Rejecting(verification.Checks);
        return new CaseAnswer(Outcome(rejecting), rejecting, verification.Fields) { IsUnsigned = true };
    }

    /// <summary>The common answer, put into the manifest's order by digest, and only where this build pins the same roots.</summary>
    static CaseAnswer Anchors(ConformanceCase item)
    {
        var answer = CertificateCases.TrustAnchor(item);
        if (!item.Json.TryGetProperty("decoded", out var decoded) || decoded.ValueKind != JsonValueKind.Array)
        {
            return answer;
        }

        var pinned = NvidiaRoots.All.Select(root => root.CertificateDigest.ToString()).ToHashSet();
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        foreach (var (index, entry) in decoded.EnumerateArray().Index())
        {
            var digest = entry.GetProperty("sha256").GetString();
            var own = answer.Fields.FirstOrDefault(field => field.Name.EndsWith(".sha256", StringComparison.Ordinal) && field.Value == digest && pinned.Contains(digest!))?.Name.Split('.')[0];
            fields.AddRange(answer.Fields.Where(field => field.Name.Split('.') is [var position, _] && position == own)
                .Select(field => field with { Name = string.Create(CultureInfo.InvariantCulture, $"{index}.{field.Name.Split('.')[1]}") }));
        }

        return answer with { Fields = fields.ToImmutable() };
    }

    static NvidiaVerification Verification(DateTimeOffset at, AppraisalCache? cache) => new() { At = at, MaySkip = s_notInCases, Cache = cache };

    static ImmutableArray<string> Rejecting(ImmutableArray<AttestationCheck> checks) => [.. checks.Where(check => check.Rejects).Select(check => check.Code)];

    static string Outcome(ImmutableArray<string> codes) => codes.IsEmpty ? "valid" : "invalid";

    /// <summary>Files come as they are, as hexadecimal, or as base64.</summary>
    static byte[] Binary(byte[] file)
    {
        if (file.AsSpan().ContainsAnyExceptInRange((byte)0x09, (byte)0x7e))
        {
            return file;
        }

        var text = Encoding.ASCII.GetString(file).Trim();
        if (text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(text);
        }

        return Base64.IsValid(text) ? Convert.FromBase64String(text) : file;
    }

    /// <summary>Reports of the folder whose chain and signature hold.</summary>
    static IEnumerable<NvidiaReport> Reports(ConformanceCase item)
    {
        foreach (var files in Cases(item).Where(files => files.ContainsKey("report") && files.ContainsKey("chain")))
        {
            if (NvidiaReport.TryParse(Binary(item.FileAt(files["report"])), out var report) && NvidiaChain.TryParsePem(item.FileAt(files["chain"]), out var chain)
                && NvidiaVerifier.Verify(new NvidiaEvidence { Report = report, Chain = chain }, Verification(chain.ValidFrom, item.Cache)).Holds)
            {
                yield return report;
            }
        }
    }

    static List<ReadOnlyMemory<byte>> Certificates(ConformanceCase item)
    {
        var certificates = new List<ReadOnlyMemory<byte>>();
        foreach (var (role, path) in Cases(item).SelectMany(files => files))
        {
            if (role is "chain" or "root" && NvidiaChain.TryParsePem(item.FileAt(path), out var chain))
            {
                certificates.AddRange(chain.Certificates);
            }
            else if (role == "rim" && NvidiaRim.TryParse(item.FileAt(path), out var rim))
            {
                certificates.AddRange(rim.Chain.Certificates);
            }
        }

        return certificates;
    }

    /// <summary>Role and path of the files of every case of NVIDIA's; of several with one role the last.</summary>
    static List<Dictionary<string, string>> Cases(ConformanceCase item)
    {
        using var manifest = JsonDocument.Parse(item.FileAt(Manifest));
        var cases = new List<Dictionary<string, string>>();
        foreach (var entry in manifest.RootElement.GetProperty("cases").EnumerateArray().Where(entry => entry.GetProperty("tee").ValueEquals(item.Tee)))
        {
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var file in entry.GetProperty("files").EnumerateArray())
            {
                files[file.GetProperty("role").GetString()!] = file.GetProperty("path").GetString()!;
            }

            cases.Add(files);
        }

        return cases;
    }
}
