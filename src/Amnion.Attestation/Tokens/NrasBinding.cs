using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>What ties the parts of a bundle together: the overall token's digests, and the copies of the claims beside the tokens.</summary>
static class NrasBinding
{
    /// <summary>Claims about the token and not the device: a copy beside the tokens has none of them.</summary>
    static readonly ImmutableHashSet<string> s_tokenClaims = ["iss", "iat", "exp", "nbf", "jti", "sub", "aud"];

    /// <summary>Everything that is not bound or contradicts; empty where the bundle is one.</summary>
    public static List<string> Problems(NrasBundle bundle) => [.. Unbound(bundle), .. Differing(bundle)];

    static List<string> Unbound(NrasBundle bundle)
    {
        if (!bundle.OverallClaims.TryGetProperty("submods", out var submodules) || submodules.ValueKind != JsonValueKind.Object)
        {
            return ["no submods"];
        }

        var problems = new List<string>();
        foreach (var device in bundle.Devices)
        {
            if (!submodules.TryGetProperty(device.Name, out var digest) || DigestOf(digest) != Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(device.Text))))
            {
                problems.Add(device.Name);
            }
        }

        problems.AddRange(submodules.EnumerateObject().Where(member => !bundle.Devices.Any(device => device.Name == member.Name)).Select(_ => "a device without a token"));
        return problems;
    }

    // ["DIGEST", ["SHA-256", hex]]; NVIDIA's local tool writes "SHA256".
    static string? DigestOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2 && value[0].ValueKind == JsonValueKind.String && value[0].GetString() == "DIGEST"
        && value[1].ValueKind == JsonValueKind.Array && value[1].GetArrayLength() == 2 && value[1][0].ValueKind == JsonValueKind.String && value[1][0].GetString() is "SHA-256" or "SHA256"
        && value[1][1].ValueKind == JsonValueKind.String
            ? value[1][1].GetString()
            : null;

    /// <summary>The copies name no device, so that each token must have one of them for itself.</summary>
    static List<string> Differing(NrasBundle bundle)
    {
        if (bundle.Beside is not { } beside)
        {
            return [];
        }

        var problems = new List<string>();
        var left = beside.Select(Members).ToList();
        foreach (var device in bundle.Devices)
        {
            var claims = Members(device.Claims);
            var index = left.FindIndex(copy => Same(copy, claims));
            if (index < 0)
            {
                problems.Add(device.Name + ": no claims beside the tokens are its own");
            }
            else
            {
                left.RemoveAt(index);
            }
        }

        if (left.Count > 0)
        {
            problems.Add("claims beside the tokens that no token has");
        }

        return problems;
    }

    static Dictionary<string, JsonElement> Members(JsonElement claims) =>
        claims.EnumerateObject().Where(member => !s_tokenClaims.Contains(member.Name)).ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);

    static bool Same(Dictionary<string, JsonElement> one, Dictionary<string, JsonElement> other) =>
        one.Count == other.Count && one.All(member => other.TryGetValue(member.Key, out var value) && JsonElement.DeepEquals(member.Value, value));
}
