using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>What register 21 measures: the suites an enclave offers, best first. "amnion/suites/1".</summary>
public sealed record SuitePolicy(ImmutableArray<string> Offered)
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/suites/1";

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static SuitePolicy Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, 4096, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var policy = new SuitePolicy(reader.Texts("offered", 16, 64));
        reader.End();
        return !policy.Offered.IsEmpty && policy.Offered.All(Suites.Identifiers.ContainsKey)
            ? policy
            : throw reader.Refuse("offered", "must name known suites");
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteStartArray("offered");
        foreach (var suite in Offered)
        {
            json.WriteStringValue(suite);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
