using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Amnion.Attestation.Cbor;
using Amnion.Records;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// Carries EAR claims between CBOR (labels, byte strings, numbered tiers) and JSON (names, base64url, named tiers), so that both forms are read and
/// written by the same code. draft-ietf-rats-ear-04 §3, RFC 9711 §4, RFC 8392 §4.
/// </summary>
static class CwtClaims
{
    const int MaxDepth = 16;
    const int MaxMembers = 4096;

    static readonly FrozenDictionary<long, string> s_names = new Dictionary<long, string>
    {
        [1] = "iss",
        [2] = "sub",
        [3] = "aud",
        [4] = "exp",
        [5] = "nbf",
        [6] = "iat",
        [7] = "cti",
        [10] = "eat_nonce",
        [265] = "eat_profile",
        [266] = "submods",
        [1000] = "ear_status",
        [1001] = "ear_trustworthiness_vector",
        [1002] = "ear_raw_evidence",
        [1003] = "ear_appraisal_policy_ids",
        [1004] = "ear_verifier_id",
        [1005] = "ear_attester_claims",
        [1006] = "ear_verifier_claims",
        [-70000] = "ear_veraison_annotated_evidence",
        [-70001] = "ear_veraison_policy_claims",
        [-70002] = "ear_veraison_key_attestation",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, long> s_labels = s_names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    static readonly string[] s_tiers = ["none", "affirming", "warning", "contraindicated"];

    /// <summary>What the members of a map mean.</summary>
    enum Place
    {
        Claims,
        Submodules,
        Vector,
        Verifier,
        Free,
    }

    /// <summary>CBOR claims as canonical JSON.</summary>
    /// <exception cref="TokenFormatException">No map of claims in deterministic CBOR, floats and tags included.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> claims)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        try
        {
            var input = new CborInput(claims);
            // Members written twice are found when the text is parsed; the writer itself would let them pass.
            using (var json = new Utf8JsonWriter(buffer))
            {
                ReadMap(ref input, json, Place.Claims, MaxDepth);
            }

            input.ExpectEnd();
            return buffer.WrittenSpan.ToArray();
        }
        catch (CborFormatException exception)
        {
            throw new TokenFormatException(exception.Offset, "claims", exception.Message);
        }
    }

    /// <summary>JSON claims as deterministic CBOR (RFC 8949 §4.2.1).</summary>
    public static byte[] FromJson(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, int.MaxValue, "claims");
        return WriteMap(document.RootElement, Place.Claims);
    }

    static void ReadMap(ref CborInput input, Utf8JsonWriter json, Place place, int depth)
    {
        var map = input.BeginMap(MaxMembers, allowIndefinite: false);
        json.WriteStartObject();
        while (input.Next(ref map))
        {
            var name = ReadName(ref input, place);
            json.WritePropertyName(name);
            ReadValue(ref input, json, PlaceOf(place, name), place is Place.Claims ? name : string.Empty, depth - 1);
        }

        json.WriteEndObject();
    }

    static string ReadName(ref CborInput input, Place place)
    {
        if (input.PeekMajor() == 3)
        {
            return Encoding.UTF8.GetString(input.ReadText(0, 1024));
        }

        var label = input.ReadInteger();
        return place switch
        {
            Place.Claims when s_names.TryGetValue(label, out var name) => name,
            Place.Vector when label >= 0 && label < TrustVector.Names.Length => TrustVector.Names[(int)label],
            Place.Verifier when label is 0 or 1 => label == 0 ? "developer" : "build",
            _ => label.ToString(CultureInfo.InvariantCulture),
        };
    }

    static void ReadValue(ref CborInput input, Utf8JsonWriter json, Place place, string claim, int depth)
    {
        if (depth <= 0)
        {
            throw input.Refuse("nested too deep");
        }

        switch (input.PeekMajor())
        {
            case 0 or 1 when claim == "ear_status":
                json.WriteStringValue(TierName(ref input));
                break;
            case 0 or 1:
                json.WriteNumberValue(input.ReadInteger());
                break;
            case 2:
                json.WriteStringValue(Base64Url.EncodeToString(input.ReadBytes(0, CborWebToken.MaxLength)));
                break;
            case 3:
                json.WriteStringValue(input.ReadText(0, CborWebToken.MaxLength));
                break;
            case 4:
                var array = input.BeginArray(MaxMembers, allowIndefinite: false);
                json.WriteStartArray();
                while (input.Next(ref array))
                {
                    ReadValue(ref input, json, Place.Free, string.Empty, depth - 1);
                }

                json.WriteEndArray();
                break;
            case 5:
                ReadMap(ref input, json, place, depth);
                break;
            case 7 when input.TryReadNull():
                json.WriteNullValue();
                break;
            case 7:
                json.WriteBooleanValue(input.ReadBoolean());
                break;
            default:
                throw input.Refuse("a tag; claims have none here");
        }
    }

    static string TierName(ref CborInput input)
    {
        var value = input.ReadInteger();
        return value switch { 0 => s_tiers[0], 2 => s_tiers[1], 32 => s_tiers[2], 96 => s_tiers[3], _ => throw input.Refuse("a tier other than 0, 2, 32 and 96") };
    }

    static Place PlaceOf(Place place, string name) => (place, name) switch
    {
        (Place.Claims, "submods") => Place.Submodules,
        (Place.Claims, "ear_trustworthiness_vector") => Place.Vector,
        (Place.Claims, "ear_verifier_id") => Place.Verifier,
        (Place.Submodules, _) => Place.Claims,
        _ => Place.Free,
    };

    static byte[] WriteMap(JsonElement value, Place place)
    {
        var members = value.EnumerateObject()
            .Select(member => (Key: WriteName(member.Name, place), Value: WriteValue(member.Value, PlaceOf(place, member.Name), place is Place.Claims ? member.Name : string.Empty)))
            .ToArray();
        Array.Sort(members, static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        var output = new CborOutput().Map(members.Length);
        foreach (var (key, item) in members)
        {
            output.Raw(key).Raw(item);
        }

        return output.ToArray();
    }

    static byte[] WriteName(string name, Place place) => place switch
    {
        Place.Claims when s_labels.TryGetValue(name, out var label) => new CborOutput().Integer(label).ToArray(),
        Place.Vector => new CborOutput().Integer(TrustVector.Names.IndexOf(name)).ToArray(),
        Place.Verifier => new CborOutput().Integer(name == "developer" ? 0 : 1).ToArray(),
        _ => new CborOutput().Text(name).ToArray(),
    };

    static byte[] WriteValue(JsonElement value, Place place, string claim)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return WriteMap(value, place);
            case JsonValueKind.Array:
                var array = new CborOutput().Array(value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                {
                    array.Raw(WriteValue(item, Place.Free, claim == "eat_nonce" ? claim : string.Empty));
                }

                return array.ToArray();
            case JsonValueKind.Number:
                return new CborOutput().Integer(value.GetInt64()).ToArray();
            case JsonValueKind.True or JsonValueKind.False:
                return new CborOutput().Boolean(value.GetBoolean()).ToArray();
            case JsonValueKind.Null:
                return new CborOutput().OptionalBytes(null).ToArray();
            default:
                return WriteText(value.GetString()!, claim);
        }
    }

    static byte[] WriteText(string text, string claim) => claim switch
    {
        "ear_status" => new CborOutput().Integer(text switch { "affirming" => 2, "warning" => 32, "contraindicated" => 96, _ => 0 }).ToArray(),
        "eat_nonce" or "ear_raw_evidence" => new CborOutput().Bytes(Base64Url.DecodeFromChars(text)).ToArray(),
        _ => new CborOutput().Text(text).ToArray(),
    };
}
