using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Input files of the Tinfoil suite, which hold Evidence and endorsements beside what the relying party itself says: its policy, time, roots and expected values. Only the
/// former come from somebody else. docs/specs/unsigned-bits.md says why the others are left out.
/// </summary>
static class UnsignedInput
{
    /// <summary>Members with Evidence and endorsements, the blocks that hold them, and blocks of these.</summary>
    static readonly string[] s_evidence =
    [
        "attestation_doc_b64", "vcek_der_b64", "ask_pem", "quote_b64", "bundle_b64", "tcb_info_json", "qe_identity_json", "pck_crl_der_b64", "root_crl_der_b64",
        "tcb_info_issuer_chain_pem", "qe_identity_issuer_chain_pem", "pck_crl_issuer_chain_pem",
    ];

    static readonly string[] s_blocks = ["collateral", "sigstore", "attestation_sev", "attestation_tdx"];

    /// <summary>Every member with Evidence, by its path.</summary>
    public static IReadOnlyDictionary<string, string> Read(byte[] file)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(file);
            Collect(json.RootElement, string.Empty, found);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Nothing then, which covers nothing.
        }

        return found;
    }

    /// <summary>The file without one of these members.</summary>
    public static byte[] Without(byte[] file, string path)
    {
        var root = JsonNode.Parse(file)!;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var block = parts[..^1].Aggregate(root, (node, name) => node[name]!);
        _ = block.AsObject().Remove(parts[^1]);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>True where every member still says the same, but for those that the case does not need.</summary>
    public static bool Covers(IReadOnlyDictionary<string, string> before, byte[] altered, Func<string, bool> isNeedless)
    {
        var after = Read(altered);
        return before.Count > 0 && before.All(member => (after.TryGetValue(member.Key, out var value) && IsSame(member.Key, member.Value, value)) || isNeedless(member.Key));
    }

    static void Collect(JsonElement block, string path, Dictionary<string, string> found)
    {
        // By bytes: a name that is no UTF-8 any more is none of these.
        foreach (var member in block.ValueKind == JsonValueKind.Object ? block.EnumerateObject() : default)
        {
            if (s_blocks.FirstOrDefault(member.NameEquals) is { } inner)
            {
                Collect(member.Value, $"{path}/{inner}", found);
            }
            else if (s_evidence.FirstOrDefault(member.NameEquals) is { } name && member.Value.ValueKind == JsonValueKind.String)
            {
                found[$"{path}/{name}"] = member.Value.GetString()!;
            }
        }
    }

    static bool IsSame(string path, string before, string after)
    {
        if (before == after)
        {
            return true;
        }

        if (!path.EndsWith("_b64", StringComparison.Ordinal))
        {
            return UnsignedBits.Covers(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after));
        }

        var (one, other) = (new byte[before.Length], new byte[after.Length]);
        return Convert.TryFromBase64String(before, one, out var length) && Convert.TryFromBase64String(after, other, out var otherLength) && IsSame(one[..length], other[..otherLength]);
    }

    /// <summary>A gzip header and a bundle's JSON have bits of their own that say nothing.</summary>
    static bool IsSame(byte[] before, byte[] after) => before.AsSpan().SequenceEqual(after) || UnsignedBits.Covers(before, after)
        || (before is [0x1f, 0x8b, ..] && TinfoilSevCases.TryUnpack(before) is { } one && TinfoilSevCases.TryUnpack(after) is { } other && one.AsSpan().SequenceEqual(other));
}
