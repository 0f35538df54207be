using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Attestation.Nvidia;

/// <summary>Reads the containers that NVIDIA's tools pass reports around in. Members that are not used are ignored: nothing signs any of them.</summary>
static class NvidiaEvidenceReader
{
    /// <summary>Eight GPUs and four switches, the most of one machine, take some 200 KiB.</summary>
    public const int MaxLength = 1024 * 1024;

    const int MaxCount = 32;
    const string Field = "evidence";

    public static ImmutableArray<NvidiaEvidence> Read(ReadOnlySpan<byte> json)
    {
        using var document = NvidiaJson.Parse(json, MaxLength, Field, NvidiaCodes.Malformed);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("evidence_list", out var list))
        {
            var nonce = NvidiaJson.Text(root, "nonce", Field, NvidiaCodes.Malformed);
            var architecture = NvidiaJson.Text(root, "arch", Field, NvidiaCodes.Malformed);
            return ReadAll(list, nonce, architecture);
        }

        return root.ValueKind == JsonValueKind.Object ? [ReadOne(root, null, null)] : ReadAll(root, null, null);
    }

    static ImmutableArray<NvidiaEvidence> ReadAll(JsonElement list, string? nonce, string? architecture)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxCount)
        {
            throw new NvidiaFormatException(0, Field, "is not a list of 1 to 32 objects");
        }

        return [.. list.EnumerateArray().Select(item => ReadOne(item, nonce, architecture))];
    }

    static NvidiaEvidence ReadOne(JsonElement item, string? nonce, string? architecture)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new NvidiaFormatException(0, Field, "is not an object");
        }

        return new NvidiaEvidence
        {
            Report = NvidiaReport.Parse(Base64(item, "evidence", NvidiaReport.MaxLength)),
            Chain = NvidiaChain.ParsePem(Base64(item, "certificate", NvidiaChain.MaxPemLength)),
            StatedNonce = Text(item, "nonce")?.ToLowerInvariant() ?? nonce?.ToLowerInvariant(),
            StatedArchitecture = Text(item, "arch") ?? architecture,
            StatedDriverVersion = Text(item, "driver_version"),
            StatedVbiosVersion = Text(item, "vbios_version"),
        };
    }

    static string? Text(JsonElement item, string name) => NvidiaJson.Text(item, name, Field, NvidiaCodes.Malformed);

    static byte[] Base64(JsonElement item, string name, int maxLength)
    {
        var text = Text(item, name) ?? throw new NvidiaFormatException(0, $"{Field}.{name}", "is absent");
        var buffer = new byte[maxLength];
        return Convert.TryFromBase64String(text, buffer, out var written)
            ? buffer[..written]
            : throw new NvidiaFormatException(0, $"{Field}.{name}", "is not base64, or too long");
    }
}
