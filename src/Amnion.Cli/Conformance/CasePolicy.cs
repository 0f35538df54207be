using System.Globalization;
using System.Text.Json;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>
/// A published case's policy over decoded values, for formats whose cases have none with words of its own: a member pins the field of its name, to
/// one text or any of a list, "min_" before it sets a floor. A member that names no field makes the case unreadable instead of being left out.
/// </summary>
/// <param name="fields">The case's decoded values.</param>
/// <param name="groups">What may stand before a field's name in this format, for example "td.": the manifest's policies leave it out.</param>
sealed class CasePolicy(IReadOnlyCollection<EvidenceField> fields, params string[] groups)
{
    static readonly string[] s_floors = ["min_", "minimum_"];
    static readonly string[] s_lists = ["trusted_", "expected_", "accepted_", "allowed_", "required_"];
    static readonly string[] s_debug = ["debug", "debug_mode", "attributes.debug"];

    /// <summary>Codes by which the policy refuses, none where it accepts.</summary>
    /// <param name="policy">The case's policy.</param>
    /// <param name="handled">Members that the verifier was told of.</param>
    /// <exception cref="FormatException">A member names no decoded value.</exception>
    public IReadOnlyList<string> Failures(JsonElement policy, params string[] handled)
    {
        var codes = new List<string>();
        foreach (var member in policy.EnumerateObject().Where(member => !handled.Contains(member.Name)))
        {
            Check(member.Name, member.Value, codes);
        }

        return codes;
    }

    void Check(string name, JsonElement value, List<string> codes)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (!value.EnumerateObject().Any())
            {
                throw new FormatException($"the policy member \"{name}\" says nothing");
            }

            foreach (var member in value.EnumerateObject())
            {
                Check($"{name}.{member.Name}", member.Value, codes);
            }
        }
        else if (name is "permit_debug" or "allow_debug" or "forbid_debug")
        {
            var forbidden = value.GetBoolean() == name.StartsWith("forbid", StringComparison.Ordinal);
            var states = s_debug.Select(Find).OfType<string>().ToList();
            if (states.Count == 0)
            {
                throw new FormatException($"nobody reads the policy member \"{name}\": this Evidence says nothing of debugging");
            }

            Add(!forbidden || !states.Any(text => text is "true" or "1"), AttestationCodes.Debug, codes);
        }
        else if (Rest(name, s_floors) is { } floor)
        {
            Add(Number(Known(floor)) >= value.GetInt64(), AttestationCodes.BelowFloor, codes);
        }
        else if (value.ValueKind == JsonValueKind.Array && Find(name) is null && Find(Singular(name) + "0") is not null)
        {
            // "rtmrs": a list of registers by position.
            foreach (var (index, entry) in value.EnumerateArray().Index())
            {
                Check(Singular(name) + index.ToString(CultureInfo.InvariantCulture), entry, codes);
            }
        }
        else
        {
            var actual = Known(Rest(name, s_lists) ?? name);
            var accepted = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(Text) : [Text(value)];
            Add(accepted.Any(text => IsSame(name, text, actual)), AttestationCodes.FieldMismatch, codes);
        }
    }

    static void Add(bool holds, string code, List<string> codes)
    {
        if (!holds)
        {
            codes.Add(code);
        }
    }

    /// <summary>The value under a name, in any of its spellings.</summary>
    string Known(string name) => Find(name) ?? Find(Singular(name)) ?? throw new FormatException($"nobody reads the policy member \"{name}\"");

    string? Find(string name)
    {
        // "pcrs.7" is a register's name in the manifest, "pcr.7" in a TPM's fields.
        string[] spellings = [name, name.Replace("_hex", string.Empty, StringComparison.Ordinal), name.Replace("_", string.Empty, StringComparison.Ordinal), name.Replace("pcrs.", "pcr.", StringComparison.Ordinal)];
        return spellings.SelectMany(spelling => groups.Select(group => group + spelling).Prepend(spelling)).Select(full => fields.FirstOrDefault(field => field.Name == full)?.Value).FirstOrDefault(value => value is not null);
    }

    /// <summary>Text, number, or bytes; a bound value that is shorter than its field means the value and zeros behind it.</summary>
    static bool IsSame(string name, string expected, string actual) =>
        string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase)
        || (TryNumber(expected, out var number) && TryNumber(actual, out var other) && number == other)
        || (name.EndsWith("report_data", StringComparison.Ordinal) && expected.Length > 0 && string.Equals(expected.PadRight(actual.Length, '0'), actual, StringComparison.OrdinalIgnoreCase));

    static string Singular(string name) => name.EndsWith("statuses", StringComparison.Ordinal) ? name[..^2] : name.EndsWith('s') ? name[..^1] : name;

    static string? Rest(string name, string[] prefixes) => prefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix ? name[prefix.Length..] : null;

    static long Number(string text) => TryNumber(text, out var number) ? number : throw new FormatException($"\"{text}\" is no number to compare with a floor");

    static bool TryNumber(string text, out long number) => text.StartsWith("0x", StringComparison.Ordinal)
        ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };
}
