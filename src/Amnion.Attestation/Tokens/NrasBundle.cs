using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// A detached EAT bundle (RFC 9711 §5) as NVIDIA's verifiers return it: <c>[["JWT", overall], {"GPU-0": JWT, …}]</c>, alone as from the Remote Attestation
/// Service, or as <c>{detached_eat, claims, result_code}</c> as NVIDIA's local tool writes it. The bundle itself is not signed; the overall token holds the
/// digest of every device's.
/// </summary>
sealed class NrasBundle
{
    /// <summary>Most devices; a machine has eight GPUs and a few switches.</summary>
    public const int MaxDevices = 64;

    const int MaxName = 64;
    const string Wrapped = "detached_eat";

    NrasBundle(TokenEnvelope overall, JsonElement overallClaims, ImmutableArray<NrasDevice> devices)
    {
        Overall = overall;
        OverallClaims = overallClaims;
        Devices = devices;
    }

    public TokenEnvelope Overall { get; }

    public JsonElement OverallClaims { get; }

    public ImmutableArray<NrasDevice> Devices { get; }

    /// <summary>Copies of the devices' claims that stand beside the tokens, objects in any order; null where the wrapper has none, or there is no wrapper.</summary>
    public ImmutableArray<JsonElement>? Beside { get; private init; }

    /// <summary>result_code of the tool, 0 for success; null where there is none.</summary>
    public int? Code { get; private init; }

    /// <summary>Whether the value has the outline of a bundle, so that it must be read as one.</summary>
    public static bool Looks(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array || (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(Wrapped, out _));

    /// <summary>Whether the bytes are such a bundle, in its wrapper or not.</summary>
    public static bool Is(ReadOnlySpan<byte> json)
    {
        try
        {
            using var document = TokenJson.Parse(json, JsonWebSignature.MaxLength, "bundle", TokenCodes.NrasMalformed);
            _ = Read(document.RootElement);
            return true;
        }
        catch (TokenFormatException)
        {
            return false;
        }
    }

    /// <summary>Reads a bundle, in its wrapper or not; it keeps copies of what it needs of <paramref name="value"/>.</summary>
    /// <exception cref="TokenFormatException">No such bundle.</exception>
    public static NrasBundle Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(Wrapped, out var bundle))
        {
            return ReadBundle(value, null, null);
        }

        // The tool's other members (result_message) decide nothing and are not read.
        return ReadBundle(
            bundle,
            value.TryGetProperty("claims", out var claims) ? Claims(claims) : default(ImmutableArray<JsonElement>?),
            value.TryGetProperty("result_code", out var code) ? Number(code) : default(int?));
    }

    static NrasBundle ReadBundle(JsonElement value, ImmutableArray<JsonElement>? beside, int? code)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2 || value[0].ValueKind != JsonValueKind.Array || value[0].GetArrayLength() != 2
            || value[0][0].ValueKind != JsonValueKind.String || value[0][0].GetString() != "JWT" || value[1].ValueKind != JsonValueKind.Object)
        {
            throw Refuse("bundle", "must be [[\"JWT\", token], {name: token}]");
        }

        var (_, overall, overallClaims) = Token(value[0][1], "overall");
        var devices = ImmutableArray.CreateBuilder<NrasDevice>();
        foreach (var member in value[1].EnumerateObject())
        {
            if (devices.Count == MaxDevices || member.Name.Length is 0 or > MaxName || member.Name == "overall" || member.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            {
                throw Refuse("bundle", $"must hold at most {MaxDevices} devices with names of 1 to {MaxName} letters, digits and dashes");
            }

            var (text, token, claims) = Token(member.Value, member.Name);
            devices.Add(new NrasDevice(member.Name, text, token, claims));
        }

        return new NrasBundle(overall, overallClaims, devices.ToImmutable()) { Beside = beside, Code = code };
    }

    static ImmutableArray<JsonElement> Claims(JsonElement claims) =>
        claims.ValueKind == JsonValueKind.Array && claims.GetArrayLength() <= MaxDevices && claims.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. claims.EnumerateArray().Select(item => item.Clone())]
            : throw Refuse("claims", $"must be a list of at most {MaxDevices} objects");

    static int Number(JsonElement code) =>
        code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) ? number : throw Refuse("result_code", "must be a whole number of 32 bits");

    static (string Text, TokenEnvelope Token, JsonElement Claims) Token(JsonElement value, string field)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refuse(field, "must be a JWT");
        var token = JsonWebSignature.Parse(Encoding.UTF8.GetBytes(text), TokenCodes.NrasMalformed);
        if (token.Algorithm.Length == 0)
        {
            throw Refuse(field, "must name its algorithm (RFC 7515 §4.1.1)");
        }

        using var claims = TokenJson.Parse(token.Payload, JsonWebSignature.MaxLength, field, TokenCodes.NrasMalformed);
        return claims.RootElement.ValueKind == JsonValueKind.Object ? (text, token, claims.RootElement.Clone()) : throw Refuse(field, "must hold an object of claims");
    }

    static TokenFormatException Refuse(string field, string problem) => new(-1, field, problem, TokenCodes.NrasMalformed);
}
