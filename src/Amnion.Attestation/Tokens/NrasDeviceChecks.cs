using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// The claims of each device in a bundle. Names are those of versions 2 and 3 for GPUs and switches; what is not claimed counts as not so.
/// </summary>
static class NrasDeviceChecks
{
    const string Status = "x-nvidia-cert-status";
    const string Schema = "rim-schema-validated";

    static readonly string[] s_report = ["attestation-report-parsed", "attestation-report-nonce-match", "attestation-report-signature-verified"];
    static readonly string[] s_values = ["rim-fetched", Schema, "rim-signature-verified", "rim-version-match", "rim-measurements-available"];

    public static void Check(NrasBundle bundle, NrasExpectation expected, CheckList checks)
    {
        var count = bundle.Devices.Length;
        checks.Add(NrasRules.Devices, expected.Devices is { } wanted ? count == wanted && count > 0 : count > 0, expected.Devices?.ToString(CultureInfo.InvariantCulture) ?? "at least one", count.ToString(CultureInfo.InvariantCulture));
        Check(NrasRules.Measurements, bundle, checks, "success, no mismatch", Measurements);
        Check(NrasRules.SecureBoot, bundle, checks, "true", claims => NrasAppraiser.Is(claims, "secboot") ? null : "secboot " + NrasAppraiser.Shown(claims, "secboot"));
        Check(NrasRules.Debug, bundle, checks, "disabled", claims => NrasAppraiser.Text(claims, "dbgstat") is "disabled" or "disabled-since-boot" or "disabled-permanently" or "disabled-fully-and-permanently" ? null : "dbgstat");
        Check(NrasRules.Report, bundle, checks, "true", Report);
        Check(NrasRules.ReferenceValues, bundle, checks, "true", ReferenceValues);
        Check(NrasRules.Certificates, bundle, checks, "valid and good", Certificates);
        Check(NrasRules.Version, bundle, checks, "accepted models and versions", claims => Versions(claims, expected));
        Check(NrasRules.Warning, bundle, checks, "null", claims => claims.TryGetProperty("x-nvidia-attestation-warning", out var warning) && warning.ValueKind != JsonValueKind.Null ? "x-nvidia-attestation-warning" : null);
    }

    static void Check(CheckRule rule, NrasBundle bundle, CheckList checks, string expected, Func<JsonElement, string?> problem)
    {
        // Without devices nothing holds: the absence of a counterexample is no evidence.
        List<string> problems = bundle.Devices.IsEmpty ? ["no device"] : [];
        problems.AddRange(bundle.Devices.Select(device => problem(device.Claims) is { } found ? $"{device.Name}: {found}" : null).OfType<string>());
        checks.Add(rule, problems, expected);
    }

    static string Prefix(JsonElement claims) =>
        claims.EnumerateObject().Any(member => member.Name.StartsWith("x-nvidia-switch-", StringComparison.Ordinal)) ? "x-nvidia-switch-" : "x-nvidia-gpu-";

    static string? Measurements(JsonElement claims)
    {
        if (NrasAppraiser.Text(claims, "measres")?.ToLowerInvariant() is not ("success" or "comparison-successful"))
        {
            return "measres";
        }

        const string Mismatches = "x-nvidia-mismatch-measurement-records";
        return !claims.TryGetProperty(Mismatches, out var records) || records.ValueKind == JsonValueKind.Null || (records.ValueKind == JsonValueKind.Array && records.GetArrayLength() == 0) ? null : Mismatches;
    }

    static string? Report(JsonElement claims)
    {
        var prefix = Prefix(claims);
        string[] names = [.. s_report.Select(name => prefix + name), prefix + "arch-check", prefix + "attestation-report-cert-chain-fwid-match"];

        return False(claims, names) ?? FurtherFalse(claims, ofManifests: false);
    }

    /// <summary>A step that only a newer verifier names, and that failed, is no success either. Chains have a check of their own.</summary>
    static string? FurtherFalse(JsonElement claims, bool ofManifests) => claims.EnumerateObject().Any(claim =>
        claim.Value.ValueKind == JsonValueKind.False && claim.Name.StartsWith("x-nvidia-", StringComparison.Ordinal) && !claim.Name.EndsWith("-cert-chain-validated", StringComparison.Ordinal)
        && (claim.Name.Contains("-rim-", StringComparison.Ordinal) || claim.Name.EndsWith("-index-no-conflict", StringComparison.Ordinal)) == ofManifests)
            ? "another claim of NVIDIA's is false"
            : null;

    static string? ReferenceValues(JsonElement claims)
    {
        var prefix = Prefix(claims);
        string[] parts = prefix == "x-nvidia-switch-" ? ["bios-"] : ["driver-", "vbios-"];
        var conflict = prefix == "x-nvidia-switch-" ? prefix + "bios-index-no-conflict" : prefix + "vbios-index-no-conflict";
        string[] values = [.. parts.SelectMany(part => s_values.Select(name => prefix + part + name))];

        // Verifiers that state the version of their claims (NVIDIA's attestation SDK) make no claim of the schema; where one is made it must be true.
        var stated = claims.TryGetProperty(prefix + "claims-version", out _);
        return False(claims, [.. values.Where(name => !stated || !name.EndsWith(Schema, StringComparison.Ordinal) || claims.TryGetProperty(name, out _)), .. claims.TryGetProperty(conflict, out _) || prefix == "x-nvidia-gpu-" ? [conflict] : ImmutableArray<string>.Empty]) ?? FurtherFalse(claims, ofManifests: true);
    }

    // Version 3 describes each chain; version 2 only says that it was validated.
    static string? Certificates(JsonElement claims)
    {
        var prefix = Prefix(claims);
        string[] chains = prefix == "x-nvidia-switch-" ? ["attestation-report", "bios-rim"] : ["attestation-report", "driver-rim", "vbios-rim"];
        foreach (var chain in chains)
        {
            var name = $"{prefix}{chain}-cert-chain";
            var described = claims.TryGetProperty(name, out var status) && status.ValueKind == JsonValueKind.Object;
            if (described ? !IsGood(status) : !NrasAppraiser.Is(claims, name + "-validated"))
            {
                return name;
            }
        }

        return claims.EnumerateObject().Any(claim => claim.Value.ValueKind == JsonValueKind.Object && claim.Value.TryGetProperty(Status, out _) && !IsGood(claim.Value)) ? "another chain" : null;
    }

    /// <summary>Valid, good, no reason to revoke it, and nothing else that is said of it false.</summary>
    static bool IsGood(JsonElement chain) =>
        NrasAppraiser.Text(chain, Status) == "valid" && NrasAppraiser.Text(chain, "x-nvidia-cert-ocsp-status") == "good"
        && (!chain.TryGetProperty("x-nvidia-cert-revocation-reason", out var reason) || reason.ValueKind == JsonValueKind.Null)
        && !chain.EnumerateObject().Any(claim => claim.Value.ValueKind == JsonValueKind.False);

    static string? Versions(JsonElement claims, NrasExpectation expected)
    {
        var prefix = Prefix(claims);
        (ImmutableArray<string> Accepted, string Name)[] narrowed =
        [
            (expected.Models, "hwmodel"),
            (prefix == "x-nvidia-switch-" ? [] : expected.DriverVersions, prefix + "driver-version"),
            (expected.FirmwareVersions, prefix + (prefix == "x-nvidia-switch-" ? "bios-version" : "vbios-version")),
        ];
        return narrowed.Where(item => !item.Accepted.IsDefaultOrEmpty && !(NrasAppraiser.Text(claims, item.Name) is { } actual && item.Accepted.Contains(actual))).Select(item => item.Name).FirstOrDefault();
    }

    static string? False(JsonElement claims, string[] names)
    {
        var missing = names.Where(name => !NrasAppraiser.Is(claims, name)).Select(name => $"{name} {NrasAppraiser.Shown(claims, name)}").ToArray();
        return missing.Length == 0 ? null : string.Join(", ", missing);
    }
}
