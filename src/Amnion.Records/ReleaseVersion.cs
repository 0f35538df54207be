namespace Amnion.Records;

/// <summary>What register 22 measures: release channel and an anti-rollback counter. "amnion/release/1".</summary>
public sealed record ReleaseVersion(string Channel, long Version)
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/release/1";

    /// <summary>
    /// What this source tree is: a constant of the measured program, which the enclave writes to register 22 itself. A host that
    /// wants another version there has to run another program, and that is another register 0. The counter is one more with every release
    /// that fixes something an older one got wrong.
    /// </summary>
    public static ReleaseVersion Current { get; } = new("source", 1);

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static ReleaseVersion Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, 4096, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var release = new ReleaseVersion(reader.Text("channel", 64), reader.Integer("version", 0, long.MaxValue >> 11));
        reader.End();
        return release;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("channel", Channel);
        json.WriteNumber("version", Version);
        json.WriteEndObject();
    });
}
