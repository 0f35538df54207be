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
    /// <summary>Names of <see cref="BindingForm"/> in its order.</summary>
    public static ImmutableArray<string> BindingNames { get; } = ["exact", "zero-padded", "sha256", "sha384", "sha512"];

    public static byte[] Write(AppraisalPolicy policy)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteTexts(json, "advisories", policy.Advisories);
            WriteTexts(json, "allow", policy.Allow);
            if (policy.Binding != BindingForm.Exact)
            {
                json.WriteString("binding", BindingNames[(int)policy.Binding]);
            }

            json.WriteNumber("clock_skew_seconds", (long)policy.ClockSkew.TotalSeconds);
            if (policy.DangerousAllowDebug)
            {
                json.WriteBoolean("dangerous_allow_debug", true);
            }

            WriteMeasurements(json, "engine", policy.Engine);
            WriteFloors(json, policy.Floors);
            json.WriteString("format", AppraisalPolicy.Format);
            WriteMeasurements(json, "further_trust_anchors", policy.FurtherTrustAnchors);
            WriteMeasurements(json, "guard", policy.Guard);
            WriteTexts(json, "machines", policy.Machines);
            json.WriteNumber("max_age_seconds", (long)policy.MaxAge.TotalSeconds);
            WriteTexts(json, "may_skip", policy.MaySkip);
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

            WriteTexts(json, "suites", policy.Suites);
            if (!policy.TcbStatuses.SequenceEqual(AppraisalPolicy.DefaultTcbStatuses))
            {
                json.WriteStartArray("tcb_statuses");
                WriteItems(json, policy.TcbStatuses);
            }

            json.WriteString("trust_anchor", policy.TrustAnchor.ToTaggedString());
            WriteValues(json, policy.Values);
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

    static void WriteFloors(Utf8JsonWriter json, ImmutableSortedDictionary<string, long> floors)
    {
        if (floors.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("floors");
        foreach (var (name, floor) in floors)
        {
            json.WriteNumber(name, floor);
        }

        json.WriteEndObject();
    }

    static void WriteValues(Utf8JsonWriter json, ImmutableSortedDictionary<string, ImmutableArray<string>> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("values");
        foreach (var (name, texts) in values)
        {
            json.WriteStartArray(name);
            WriteItems(json, texts);
        }

        json.WriteEndObject();
    }

    static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        if (texts.IsDefaultOrEmpty)
        {
            return;
        }

        json.WriteStartArray(name);
        WriteItems(json, texts);
    }

    static void WriteItems(Utf8JsonWriter json, ImmutableArray<string> texts)
    {
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
