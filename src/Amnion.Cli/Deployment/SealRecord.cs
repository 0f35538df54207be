using Amnion.Cli.State;
using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>What sealing a model gave, kept apart from the package: its digest is a Reference Value and is not read back from the package later.</summary>
sealed record SealRecord(string Folder, Digest Model, string KeyId, long SourceLength, Digest Source)
{
    const string Format = "amnion/seal-record/1";

    public static SealRecord? Find(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = CanonicalJson.Parse(File.ReadAllBytes(path), 64 * 1024, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var record = new SealRecord(reader.Text("folder", 4096), reader.Digest("model"), reader.Text("key_id"), reader.Integer("source_length", 0, long.MaxValue), reader.Digest("source"));
        reader.End();
        return record;
    }

    public void Write(string path) => AmnionHome.WriteSecret(path, CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("folder", Folder);
        json.WriteDigest("model", Model);
        json.WriteString("key_id", KeyId);
        json.WriteNumber("source_length", SourceLength);
        json.WriteDigest("source", Source);
        json.WriteEndObject();
    }));
}
