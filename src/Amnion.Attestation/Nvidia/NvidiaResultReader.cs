using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Amnion.Attestation.Nvidia;

/// <summary>Reads results of NVIDIA's verifiers.</summary>
static class NvidiaResultReader
{
    const string Code = NvidiaCodes.ResultMalformed;
    const string Field = "result";
    const int MaxTokenLength = 64 * 1024;
    const int MaxClaims = 512;

    public static NvidiaResult Read(ReadOnlySpan<byte> json)
    {
        using var document = NvidiaJson.Parse(json, NvidiaResult.MaxLength, Field, Code);
        var root = document.RootElement;
        var isBundle = root.ValueKind == JsonValueKind.Array;
        var bundle = isBundle ? root : Member(root, "detached_eat", JsonValueKind.Array);
        if (bundle.GetArrayLength() != 2 || bundle[0].ValueKind != JsonValueKind.Array || bundle[0].GetArrayLength() != 2 || bundle[0][0].ValueKind != JsonValueKind.String || !bundle[0][0].ValueEquals("JWT"u8) || bundle[1].ValueKind != JsonValueKind.Object)
        {
            throw Refuse("detached_eat", "is not [[\"JWT\", token], {device: token}]");
        }

        var devices = ImmutableSortedDictionary.CreateBuilder<string, NvidiaToken>(StringComparer.Ordinal);
        foreach (var member in bundle[1].EnumerateObject())
        {
            devices.Add(member.Name, devices.Count < NvidiaResult.MaxDevices ? Token(member.Value) : throw Refuse("detached_eat", "has more than 32 devices"));
        }

        return new NvidiaResult
        {
            Overall = Token(bundle[0][1]),
            Devices = devices.Count > 0 ? devices.ToImmutable() : throw Refuse("detached_eat", "has no device"),
            Claims = isBundle || !root.TryGetProperty("claims", out var claims) ? [] : Claims(claims),
            Code = isBundle || !root.TryGetProperty("result_code", out var code) ? null : code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) ? number : throw Refuse("result_code", "is not a number"),
        };
    }

    static ImmutableArray<ImmutableArray<EvidenceField>> Claims(JsonElement claims) =>
        claims.ValueKind == JsonValueKind.Array && claims.GetArrayLength() <= NvidiaResult.MaxDevices
            ? [.. claims.EnumerateArray().Select(Flatten)]
            : throw Refuse("claims", "is not a list of at most 32");

    static NvidiaToken Token(JsonElement element)
    {
        var encoded = element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Refuse("token", "is not a string");
        var parts = encoded.Split('.');
        if (encoded.Length > MaxTokenLength || parts.Length != 3)
        {
            throw Refuse("token", "is not three parts of at most 64 KiB");
        }

        using var header = Part(parts[0], "token header");
        using var payload = Part(parts[1], "token payload");
        _ = Bytes(parts[2], "token signature");
        return new NvidiaToken(encoded, NvidiaJson.Text(header.RootElement, "alg", "token header", Code) ?? throw Refuse("token header", "has no alg"), parts[2].Length > 0, Flatten(payload.RootElement));
    }

    static JsonDocument Part(string text, string field)
    {
        var document = NvidiaJson.Parse(Bytes(text, field), MaxTokenLength, field, Code);
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        document.Dispose();
        throw Refuse(field, "is not an object");
    }

    static byte[] Bytes(string text, string field) =>
        !text.AsSpan().ContainsAny("= \n\r\t") && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : throw Refuse(field, "is not base64url");

    static ImmutableArray<EvidenceField> Flatten(JsonElement claims)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        Flatten(claims.ValueKind == JsonValueKind.Object ? claims : throw Refuse("claims", "is not an object"), string.Empty, fields);
        return fields.ToImmutable();
    }

    static void Flatten(JsonElement element, string name, ImmutableArray<EvidenceField>.Builder fields)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Flatten(member.Value, name.Length == 0 ? member.Name : $"{name}.{member.Name}", fields);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                {
                    Flatten(item, string.Create(CultureInfo.InvariantCulture, $"{name}.{index}"), fields);
                }

                break;
            default:
                fields.Add(fields.Count < MaxClaims ? new EvidenceField(name, Text(element), "claim of another verifier") : throw Refuse("claims", "has more than 512 values"));
                break;
        }
    }

    static string Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => string.Empty,
        _ => element.GetRawText(),
    };

    static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : throw Refuse(name, "is absent or of another kind");

    static NvidiaFormatException Refuse(string field, string problem) => new(0, $"{Field}.{field}", problem, Code);
}
