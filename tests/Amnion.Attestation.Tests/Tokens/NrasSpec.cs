using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>Bundles like NVIDIA's, made from its published claims and signed with a key of ours.</summary>
static class NrasSpec
{
    public static readonly DateTimeOffset Issued = DateTimeOffset.FromUnixTimeSeconds(1749601858);

    public static readonly byte[] Nonce = Convert.FromHexString("931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb");

    public static NrasExpectation Sample => new() { Now = Issued.AddMinutes(5), Nonce = Nonce };

    public static TokenKey Key { get; } = TokenKey.From(TokenSpec.P384);

    public static JsonObject Device => JsonNode.Parse(TokenVectors.Read("nvidia-hopperclaimsv3-decoded-json"))!["GPU-0"]!.AsObject();

    public static JsonObject Switch => JsonNode.Parse(Device.ToJsonString()
        .Replace("x-nvidia-gpu-driver-", "x-nvidia-other-", StringComparison.Ordinal)
        .Replace("x-nvidia-gpu-vbios-", "x-nvidia-switch-bios-", StringComparison.Ordinal)
        .Replace("x-nvidia-gpu-", "x-nvidia-switch-", StringComparison.Ordinal))!.AsObject();

    /// <summary>A bundle of one device, or of those given.</summary>
    public static byte[] Bundle(Action<JsonObject>? device = null, Action<JsonObject>? overall = null, string header = """{"alg":"ES384","kid":"k"}""", bool rebind = true, params JsonObject[] more)
    {
        var claims = Device;
        device?.Invoke(claims);
        var tokens = more.Prepend(claims).Select((item, index) => (Name: $"GPU-{index}", Token: TokenSpec.Raw(header, item.ToJsonString(), TokenSpec.P384))).ToArray();
        var top = JsonNode.Parse("""{"sub":"NVIDIA-PLATFORM-ATTESTATION","x-nvidia-ver":"3.0","nbf":1749601858,"iss":"https://nras.attestation.nvidia.com","x-nvidia-overall-att-result":true,"eat_nonce":"931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb","exp":1749605458,"iat":1749601858}""")!.AsObject();
        var submodules = new JsonObject();
        foreach (var (name, token) in tokens)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(rebind ? token : token + "x")));
            submodules[name] = new JsonArray("DIGEST", new JsonArray("SHA-256", digest));
        }

        top["submods"] = submodules;
        overall?.Invoke(top);
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new object[]
        {
            new[] { "JWT", TokenSpec.Raw(header, top.ToJsonString(), TokenSpec.P384) },
            tokens.ToDictionary(pair => pair.Name, pair => pair.Token),
        }));
    }
}
