using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Nvidia;
using Amnion.Attestation.Tpm;
using Amnion.Cli.Commands;
using Amnion.Cli.Conformance;
using Amnion.Cli.EndorsementCollection;

namespace Amnion.Bench;

/// <summary>The first published case of each format that a policy drafted from it accepts.</summary>
static class VerifySamples
{
    static readonly (string Platform, string Tee, ImmutableArray<string> Signatures)[] s_formats =
    [
        (AttestationPlatform.Nitro, "nitro", ["P-384"]),
        (AttestationPlatform.Snp, "snp", ["P-384"]),
        (AttestationPlatform.Tdx, "tdx", ["P-256", "P-256"]),
        (AttestationPlatform.Sgx, "sgx", ["P-256", "P-256"]),
        (AttestationPlatform.Tpm, "tpm", ["RSA-2048"]),
        (AttestationPlatform.Nvidia, "nvidia", ["P-384"]),
    ];

    /// <summary>What published Evidence does not come with: revocation lists and OCSP answers of the day; for NVIDIA's also claims that old drivers do not make, and the manifests, of which none is published for any published report.</summary>
    static readonly ImmutableArray<string> s_maySkip = [PathCodes.RevocationListMissing, OcspCodes.Missing, NvidiaCodes.FirmwareId, NvidiaCodes.Debug, AttestationCodes.Debug, NvidiaCodes.SecureBoot, NvidiaCodes.DriverRimMissing, NvidiaCodes.VbiosRimMissing];

    public static IEnumerable<VerifySample> Read(string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        var cases = manifest.RootElement.GetProperty("cases").EnumerateArray().Select(entry => new ConformanceCase(folder, entry)).Where(item => item.Expected is "valid" or "verified" && !item.Json.TryGetProperty("anchor", out _)).ToList();
        foreach (var (platform, tee, signatures) in s_formats)
        {
            var request = cases.Where(item => item.Tee == tee).Select(item => Request(item, platform)).FirstOrDefault(found => found is not null);
            if (request is null)
            {
                Console.WriteLine($"  {platform}: skipped, no published case is accepted by a policy drafted from it");
                continue;
            }

            // Each bank of a TPM comes with a quote of its own, and each quote is signed.
            var count = platform == AttestationPlatform.Tpm ? TpmEvidence.Parse(request.Evidence.Span).Quotes.Length : 1;
            yield return new VerifySample(platform, request, [.. Enumerable.Repeat(signatures, count).SelectMany(names => names)]);
        }
    }

    static AppraisalRequest? Request(ConformanceCase item, string platform)
    {
        var paths = item.Entries.Select(entry => entry.Path).ToList();
        if (item.Json.TryGetProperty("chain", out var chain))
        {
            paths.AddRange(item.FilesUnder(chain.GetString()!));
        }

        try
        {
            var files = paths.Select(item.FileAt).ToList();
            if (files.Select(TryRead).FirstOrDefault(parsed => parsed?.Parsed.Platform == platform) is not var (evidence, read))
            {
                return null;
            }

            var context = new AppraisalContext { Now = item.VerifyAt ?? TimeProvider.System.GetUtcNow(), AtDocumentTime = true, Endorsements = EndorsementFiles.Sort(files.SelectMany(file => EndorsementContent.Recognise(file))), Cache = new AppraisalCache() };
            if (platform == AttestationPlatform.Nvidia)
            {
                return Gpu(evidence, read, context);
            }

            // A TPM has no published root: its attestation key is pinned.
            var key = read.Fields.FirstOrDefault(field => field.Name == "ak_sha256")?.Value;
            var draft = PolicyDraft.From(evidence, key is null ? [] : [Measurement.FromHex(key)], s_maySkip, context);
            return draft is { Policy: { } policy, Result.Accepted: true } ? new AppraisalRequest(platform, evidence, policy, context) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Without manifests nothing shows that debugging is off, and no policy is drafted from that; so it is put together here.</summary>
    static AppraisalRequest? Gpu(byte[] evidence, ParsedEvidence read, AppraisalContext context)
    {
        string[] pinned = ["opaque.DRIVER_VERSION", "opaque.VBIOS_VERSION"];
        var policy = new AppraisalPolicy
        {
            Platform = AttestationPlatform.Nvidia,
            TrustAnchor = NvidiaRoots.Device.KeyDigest,
            Values = read.Fields.Where(field => pinned.Contains(field.Name)).ToImmutableSortedDictionary(field => field.Name, field => ImmutableArray.Create(field.Value), StringComparer.Ordinal),
            MaySkip = s_maySkip,
        };
        return EvidenceAppraiser.Appraise(policy.Platform, evidence, policy, context).Accepted ? new AppraisalRequest(policy.Platform, evidence, policy, context) : null;
    }

    static (byte[] Bytes, ParsedEvidence Parsed)? TryRead(byte[] file)
    {
        try
        {
            return EvidenceFile.Read(file);
        }
        catch (EvidenceFormatException)
        {
            return null;
        }
    }
}
