using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// Reads the claims of an EAR strictly: everything the draft defines must have its form; members it does not define are extensions (§4) and kept as
/// fields only. A claim may be spelled as in draft 03 and later or as before, not as both.
/// </summary>
static class EarReader
{
    const int MaxText = 256;
    const int MaxNonces = 4;
    const int MaxPolicies = 16;
    const int MaxNesting = 4;
    const long MaxTime = 253402300799;

    public static EarClaims Read(JsonElement root)
    {
        RequireObject(root, "claims");
        var verifier = Member(root, "ear_verifier_id", "ear.verifier-id") ?? throw Refuse("ear_verifier_id", "is missing");
        RequireObject(verifier, "ear_verifier_id");
        var submodules = ImmutableSortedDictionary.CreateBuilder<string, EarAppraisal>(StringComparer.Ordinal);
        ReadSubmodules(Member(root, "submods") ?? throw Refuse("submods", "is missing"), string.Empty, MaxNesting, submodules);
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        TokenJson.Flatten(root, string.Empty, (name, value) => fields.Add(new EvidenceField(name, value, TokenMeaning.Of(name))));
        return new EarClaims
        {
            Profile = Text(Member(root, "eat_profile") ?? throw Refuse("eat_profile", "is missing"), "eat_profile"),
            IssuedAt = Time(root, "iat") ?? throw Refuse("iat", "is missing"),
            ExpiresAt = Time(root, "exp"),
            NotBefore = Time(root, "nbf"),
            VerifierDeveloper = Text(Member(verifier, "developer") ?? throw Refuse("ear_verifier_id.developer", "is missing"), "ear_verifier_id.developer"),
            VerifierBuild = Text(Member(verifier, "build") ?? throw Refuse("ear_verifier_id.build", "is missing"), "ear_verifier_id.build"),
            Status = Member(root, "ear_status", "ear.status") is { } status ? Tier(status, "ear_status") : null,
            Nonces = Nonces(root, "eat_nonce"),
            Submodules = submodules.ToImmutable(),
            Fields = fields.ToImmutable(),
        };
    }

    /// <summary>The attesters alone, as in claim sets that Veraison's tests keep without their envelope.</summary>
    public static ImmutableSortedDictionary<string, EarAppraisal> ReadSubmodules(JsonElement value)
    {
        var submodules = ImmutableSortedDictionary.CreateBuilder<string, EarAppraisal>(StringComparer.Ordinal);
        ReadSubmodules(value, string.Empty, MaxNesting, submodules);
        return submodules.ToImmutable();
    }

    static void ReadSubmodules(JsonElement value, string prefix, int depth, ImmutableSortedDictionary<string, EarAppraisal>.Builder submodules)
    {
        RequireObject(value, "submods");
        var before = submodules.Count;
        foreach (var member in value.EnumerateObject())
        {
            var name = prefix + member.Name;
            if (name.Length is 0 or > MaxText || submodules.Count == EarClaims.MaxSubmodules)
            {
                throw Refuse("submods", $"must hold at most {EarClaims.MaxSubmodules} entries with names of 1 to {MaxText} characters");
            }

            if (member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("submods", out var inner))
            {
                if (depth <= 1)
                {
                    throw Refuse("submods", "is nested too deep");
                }

                // What the entry says of itself counts beside its parts: good parts do not make up for a bad whole.
                if (IsAppraised(member.Value))
                {
                    Add(submodules, name, ReadAppraisal(member.Value, "submods." + name));
                }

                ReadSubmodules(inner, name + ".", depth - 1, submodules);
            }
            else
            {
                Add(submodules, name, member.Value.ValueKind == JsonValueKind.Array ? new EarAppraisal { Status = TrustTier.None, Nested = true } : ReadAppraisal(member.Value, "submods." + name));
            }
        }

        if (submodules.Count == before)
        {
            throw Refuse("submods", "is empty");
        }
    }

    static void Add(ImmutableSortedDictionary<string, EarAppraisal>.Builder submodules, string name, EarAppraisal appraisal)
    {
        if (!submodules.TryAdd(name, appraisal))
        {
            throw Refuse("submods", "names an attester twice");
        }
    }

    static bool IsAppraised(JsonElement value) =>
        (Member(value, "ear_status", "ear.status") ?? Member(value, "ear_trustworthiness_vector", "ear.trustworthiness-vector")) is not null;

    static EarAppraisal ReadAppraisal(JsonElement value, string path)
    {
        RequireObject(value, path);
        return new EarAppraisal
        {
            Status = Tier(Member(value, "ear_status", "ear.status") ?? throw Refuse(path + ".ear_status", "is missing"), path + ".ear_status"),
            Vector = Member(value, "ear_trustworthiness_vector", "ear.trustworthiness-vector") is { } vector ? Vector(vector, path + ".ear_trustworthiness_vector") : null,
            PolicyIds = Policies(value, path),
            Nonces = Nonces(value, path + ".eat_nonce"),
        };
    }

    static TrustVector Vector(JsonElement value, string path)
    {
        RequireObject(value, path);
        Span<sbyte> values = stackalloc sbyte[TrustVector.Names.Length];
        var any = false;
        foreach (var member in value.EnumerateObject())
        {
            var index = TrustVector.Names.IndexOf(member.Name);
            if (index < 0 || member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetSByte(out values[index]))
            {
                throw Refuse(path, "must hold the eight claims of AR4SI only, integers from -128 to 127");
            }

            any = true;
        }

        return any ? TrustVector.From(values) : throw Refuse(path, "is empty");
    }

    static TrustTier Tier(JsonElement value, string path) => (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
    {
        "none" => TrustTier.None,
        "affirming" => TrustTier.Affirming,
        "warning" => TrustTier.Warning,
        "contraindicated" => TrustTier.Contraindicated,
        _ => throw Refuse(path, "must be \"none\", \"affirming\", \"warning\" or \"contraindicated\""),
    };

    static ImmutableArray<string> Policies(JsonElement value, string path)
    {
        if (Member(value, "ear_appraisal_policy_ids", "ear.appraisal-policy-id") is not { } policies)
        {
            return [];
        }

        path += ".ear_appraisal_policy_ids";
        if (policies.ValueKind == JsonValueKind.String)
        {
            return [Text(policies, path)];
        }

        return policies.ValueKind == JsonValueKind.Array && policies.GetArrayLength() is > 0 and <= MaxPolicies
            ? [.. policies.EnumerateArray().Select(policy => Text(policy, path))]
            : throw Refuse(path, $"must be a string, or 1 to {MaxPolicies} of them");
    }

    // RFC 9711 §4.1: one nonce of 8 to 88 characters, or an array of them.
    static ImmutableArray<string> Nonces(JsonElement value, string path)
    {
        if (Member(value, "eat_nonce") is not { } nonce)
        {
            return [];
        }

        var single = nonce.ValueKind == JsonValueKind.String;
        if (!single && (nonce.ValueKind != JsonValueKind.Array || nonce.GetArrayLength() is 0 or > MaxNonces))
        {
            throw Refuse(path, $"must be a string, or 1 to {MaxNonces} of them");
        }

        ImmutableArray<string> nonces = single ? [Text(nonce, path)] : [.. nonce.EnumerateArray().Select(item => Text(item, path))];
        return nonces.All(text => text.Length is >= 8 and <= 88) ? nonces : throw Refuse(path, "must be 8 to 88 characters");
    }

    // RFC 9711 §4.3.1: integers only.
    static DateTimeOffset? Time(JsonElement root, string name)
    {
        if (Member(root, name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= MaxTime
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Refuse(name, "must be a whole number of seconds since 1970");
    }

    static JsonElement? Member(JsonElement value, string name, string? older = null)
    {
        var found = value.TryGetProperty(name, out var member);
        if (older is not null && value.TryGetProperty(older, out var old))
        {
            return found ? throw Refuse(name, "is there in both spellings") : old;
        }

        return found ? member : null;
    }

    static string Text(JsonElement value, string path) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxText } text
        ? text
        : throw Refuse(path, $"must be a string of 1 to {MaxText} characters");

    static void RequireObject(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Refuse(path, "must be an object");
        }
    }

    static TokenFormatException Refuse(string path, string problem) => new(-1, path, problem);
}
