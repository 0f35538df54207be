using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Amnion.Attestation;

/// <summary>
/// Writes a policy as RFC 8785 wants it: members sorted by UTF-16 code units, no white space. All texts are ASCII without
/// characters that need escaping, so the order is the ordinal one.
/// </summary>
static class PolicyWriter
{
    public static byte[] Write(AppraisalPolicy policy)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("clock_skew_seconds", (long)policy.ClockSkew.TotalSeconds);
            if (policy.DangerousAllowDebug)
            {
                json.WriteBoolean("dangerous_allow_debug", true);
            }

            WriteMeasurements(json, "engine", policy.Engine);
            json.WriteString("format", AppraisalPolicy.Format);
            json.WriteNumber("max_age_seconds", (long)policy.MaxAge.TotalSeconds);
            WriteMeasurements(json, "model", policy.Model);
            json.WriteString("platform", policy.Platform);
            WriteRegisters(json, policy.Registers);
            if (policy.Release is { } release)
            {
                json.WriteStartObject("release");
                json.WriteString("channel", release.Channel);
                json.WriteNumber("minimum", release.Minimum);
                json.WriteEndObject();
            }

            WriteSuites(json, policy.Suites);
            json.WriteString("trust_anchor", policy.TrustAnchor.ToTaggedString());
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    static void WriteRegisters(Utf8JsonWriter json, ImmutableSortedDictionary<int, ImmutableArray<Measurement>> registers)
    {
        if (registers.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("registers");
        var named = registers.Select(register => (Name: register.Key.ToString(CultureInfo.InvariantCulture), Values: register.Value));
        foreach (var (name, values) in named.OrderBy(register => register.Name, StringComparer.Ordinal))
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value.ToString());
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    static void WriteMeasurements(Utf8JsonWriter json, string name, ImmutableArray<Measurement> values)
    {
        if (values.IsDefaultOrEmpty)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value.ToTaggedString());
        }

        json.WriteEndArray();
    }

    static void WriteSuites(Utf8JsonWriter json, ImmutableArray<string> suites)
    {
        if (suites.IsDefaultOrEmpty)
        {
            return;
        }

        json.WriteStartArray("suites");
        foreach (var suite in suites)
        {
            json.WriteStringValue(suite);
        }

        json.WriteEndArray();
    }
}
