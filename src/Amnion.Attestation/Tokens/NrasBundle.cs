using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// A detached EAT bundle (RFC 9711 §5) as NVIDIA's Remote Attestation Service returns it: <c>[["JWT", overall], {"GPU-0": JWT, …}]</c>. The bundle itself
/// is not signed; the overall token holds the digest of every device's.
/// </summary>
sealed class NrasBundle
{
    /// <summary>Most devices; a machine has eight GPUs and a few switches.</summary>
    public const int MaxDevices = 64;

    const int MaxName = 64;

    NrasBundle(TokenEnvelope overall, JsonElement overallClaims, ImmutableArray<NrasDevice> devices)
    {
        Overall = overall;
        OverallClaims = overallClaims;
        Devices = devices;
    }

    public TokenEnvelope Overall { get; }

    public JsonElement OverallClaims { get; }

    public ImmutableArray<NrasDevice> Devices { get; }

    /// <summary>Reads a bundle; it keeps copies of what it needs of <paramref name="value"/>.</summary>
    /// <exception cref="TokenFormatException">No such bundle.</exception>
    public static NrasBundle Read(JsonElement value)
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

        return new NrasBundle(overall, overallClaims, devices.ToImmutable());
    }

    static (string Text, TokenEnvelope Token, JsonElement Claims) Token(JsonElement value, string field)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refuse(field, "must be a JWT");
        var token = JsonWebSignature.Parse(Encoding.UTF8.GetBytes(text), TokenCodes.NrasMalformed);
        using var claims = TokenJson.Parse(token.Payload, JsonWebSignature.MaxLength, field, TokenCodes.NrasMalformed);
        return claims.RootElement.ValueKind == JsonValueKind.Object ? (text, token, claims.RootElement.Clone()) : throw Refuse(field, "must hold an object of claims");
    }

    static TokenFormatException Refuse(string field, string problem) => new(-1, field, problem, TokenCodes.NrasMalformed);
}
