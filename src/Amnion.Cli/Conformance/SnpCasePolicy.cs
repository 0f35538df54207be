using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>
/// A published case's policy in words of ours. A member is a field's name, or one of the words "min", "trusted", "permit", "allow", "forbid" and
/// "require" before one; a member that is neither makes the case unreadable instead of being left out.
/// </summary>
sealed class SnpCasePolicy(AppraisalPolicy policy, AppraisalContext context)
{
    /// <summary>The words of the cases for what our policies name otherwise.</summary>
    static readonly ImmutableDictionary<string, string> s_allowances = ImmutableDictionary.CreateRange(
    [
        KeyValuePair.Create("provisional", SnpAllowance.ProvisionalFirmware),
        KeyValuePair.Create("provisional_firmware", SnpAllowance.ProvisionalFirmware),
        KeyValuePair.Create("migrate", SnpAllowance.MigrationAgent),
        KeyValuePair.Create("migrate_ma", SnpAllowance.MigrationAgent),
        KeyValuePair.Create("migration", SnpAllowance.MigrationAgent),
        KeyValuePair.Create("smt", SnpAllowance.Smt),
        KeyValuePair.Create("cxl", SnpAllowance.Cxl),
        KeyValuePair.Create("tio", SnpAllowance.TrustedDevices),
        KeyValuePair.Create("masked_chip_id", SnpAllowance.MaskedChipId),
    ]);

    public AppraisalPolicy Policy { get; private set; } = policy;

    public AppraisalContext Context { get; private set; } = context;

    public void Apply(JsonElement stated, IReadOnlyList<EvidenceField> fields)
    {
        foreach (var member in stated.EnumerateObject())
        {
            Apply(member.Name, member.Value, fields);
        }
    }

    void Apply(string name, JsonElement value, IReadOnlyList<EvidenceField> fields)
    {
        switch (name)
        {
            case "require_crl":
                // Said to the verifier by what may be skipped.
                return;
            case "report_data":
                Bind(Convert.FromHexString(value.GetString()!));
                return;
            case "chip_id" or "chip_ids" or "machines":
                Policy = Policy with { Machines = Texts(value) };
                return;
            case "require_alias_check" when value.GetBoolean():
                Deny(SnpAllowance.NoAliasCheck);
                return;
        }

        if (Rest(name, "min_", "minimum_") is { } floor)
        {
            SetFloor(floor, value, fields);
        }
        else if (Rest(name, "permit_", "allow_") is { } allowed)
        {
            SetAllowance(allowed, value.GetBoolean());
        }
        else if (Rest(name, "platform_forbid_", "platform_require_") is { } ofPlatform)
        {
            SetBit("platform_info_bits", ofPlatform, name.StartsWith("platform_require_", StringComparison.Ordinal), value.GetBoolean(), fields);
        }
        else if (Rest(name, "forbid_", "require_") is { } ofGuest)
        {
            Require(ofGuest, name.StartsWith("require_", StringComparison.Ordinal), value.GetBoolean(), fields);
        }
        else
        {
            SetValues(Rest(name, "trusted_", "expected_") is { } list ? Singular(list, fields) : Singular(name, fields), value, fields);
        }
    }

    /// <summary>A short expected value means the value and zeros behind it, never a prefix.</summary>
    public void Bind(byte[] expected)
    {
        Context = Context with { ExpectedUserData = expected };
        Policy = Policy with { Binding = expected.Length == SnpReport.ReportDataLength ? BindingForm.Exact : BindingForm.ZeroPadded };
    }

    public void Deny(string allowance) => Policy = Policy with { Allow = Policy.Allow.Remove(allowance) };

    public void SetFloor(string name, long value) => Policy = Policy with { Floors = Policy.Floors.SetItem(name, value) };

    public void SetValue(string name, params ImmutableArray<string> accepted) => Policy = Policy with { Values = Policy.Values.SetItem(name, accepted) };

    void SetFloor(string name, JsonElement value, IReadOnlyList<EvidenceField> fields)
    {
        // "tcb" alone is what the endorsement key stands for; on Turin its parts are five.
        var field = name == "tcb" ? "reported_tcb" : name;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var part in value.EnumerateObject())
            {
                SetFloor(Known($"{field}_parts.{part.Name}", fields), part.Value.GetInt64());
            }
        }
        else if (field is "launch_mit_vector" or "current_mit_vector")
        {
            // A minimum of a bit vector is a set of bits.
            var bits = value.GetUInt64();
            foreach (var bit in Enumerable.Range(0, 64).Where(bit => (bits >> bit & 1) != 0))
            {
                SetValue(string.Create(CultureInfo.InvariantCulture, $"{field}_bits.{bit}"), "1");
            }
        }
        else
        {
            SetFloor(Known(field, fields), value.GetInt64());
        }
    }

    void SetAllowance(string word, bool allow)
    {
        if (word == "debug")
        {
            Policy = Policy with { DangerousAllowDebug = allow };
            return;
        }

        var allowance = s_allowances.GetValueOrDefault(word) ?? throw Unread(word);
        Policy = Policy with { Allow = allow ? Policy.Allow.Add(allowance) : Policy.Allow.Remove(allowance) };
    }

    void Require(string word, bool set, bool asked, IReadOnlyList<EvidenceField> fields)
    {
        if (!set && (word == "debug" || s_allowances.ContainsKey(word)))
        {
            SetAllowance(word, !asked);
        }
        else
        {
            SetBit("policy_bits", word, set, asked, fields);
        }
    }

    void SetBit(string group, string bit, bool set, bool asked, IReadOnlyList<EvidenceField> fields)
    {
        if (asked)
        {
            SetValue(Known($"{group}.{bit}", fields), set ? "1" : "0");
        }
    }

    void SetValues(string name, JsonElement value, IReadOnlyList<EvidenceField> fields)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                SetValues($"{name}.{member.Name}", member.Value, fields);
            }
        }
        else
        {
            SetValue(Known(name, fields), Texts(value));
        }
    }

    static string Known(string name, IReadOnlyList<EvidenceField> fields) => fields.Any(field => field.Name == name) ? name : throw Unread(name);

    static string Singular(string name, IReadOnlyList<EvidenceField> fields) => name.EndsWith('s') && fields.All(field => field.Name != name) ? name[..^1] : name;

    static string? Rest(string name, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return name[prefix.Length..];
            }
        }

        return null;
    }

    static ImmutableArray<string> Texts(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Text)] : [Text(value)];

    static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        _ => value.GetRawText(),
    };

    static FormatException Unread(string name) => new($"nobody reads the policy member \"{name}\"");
}
