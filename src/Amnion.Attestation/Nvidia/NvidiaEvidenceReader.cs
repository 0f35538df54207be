using System.Collections.Immutable;
using Amnion.Attestation.Json;

namespace Amnion.Attestation.Nvidia;

/// <summary>Reads the containers that NVIDIA's tools pass reports around in. Members that are not used are ignored: nothing signs any of them.</summary>
static class NvidiaEvidenceReader
{
    /// <summary>Eight GPUs and four switches, the most of one machine, take some 200 KiB.</summary>
    public const int MaxLength = 1024 * 1024;

    const int MaxCount = 32;

    /// <summary>A nonce is 64 characters; names and versions are shorter.</summary>
    const int MaxText = 256;

    const string Field = "evidence";

    public static ImmutableArray<NvidiaEvidence> Read(ReadOnlySpan<byte> json, AppraisalCache? cache) =>
        JsonView.Parse(json.ToArray(), MaxLength, static (path, problem) => new NvidiaFormatException(0, path == "$" ? Field : $"{Field}.{path}", problem), root => ReadRoot(root, cache));

    static ImmutableArray<NvidiaEvidence> ReadRoot(JsonView root, AppraisalCache? cache)
    {
        if (root.Has("evidence_list"))
        {
            return ReadAll(root.Member("evidence_list"), Text(root, "nonce"), Text(root, "arch"), cache);
        }

        return root.IsObject ? [ReadOne(root, null, null, cache)] : ReadAll(root, null, null, cache);
    }

    static ImmutableArray<NvidiaEvidence> ReadAll(JsonView list, string? nonce, string? architecture, AppraisalCache? cache)
    {
        var items = list.Items(MaxCount);
        return items.Count > 0 ? [.. items.Select(item => ReadOne(item, nonce, architecture, cache))] : throw list.Refuse("is not a list of 1 to 32 objects");
    }

    static NvidiaEvidence ReadOne(JsonView item, string? nonce, string? architecture, AppraisalCache? cache) => new()
    {
        Report = NvidiaReport.Parse(item.Member("evidence").Base64(NvidiaReport.MaxLength)),
        Chain = NvidiaChain.ParsePem(item.Member("certificate").Base64(NvidiaChain.MaxPemLength), cache),
        StatedNonce = Text(item, "nonce")?.ToLowerInvariant() ?? nonce?.ToLowerInvariant(),
        StatedArchitecture = Text(item, "arch") ?? architecture,
        StatedDriverVersion = Text(item, "driver_version"),
        StatedVbiosVersion = Text(item, "vbios_version"),
    };

    /// <summary>A text, where the member is there; JSON null is none and refused.</summary>
    static string? Text(JsonView item, string name) => item.Has(name) ? item.Member(name).Text(MaxText) : null;
}
