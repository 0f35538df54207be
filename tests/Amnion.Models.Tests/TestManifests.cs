using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Models.Tests;

static class TestManifests
{
    public static ModelManifestContent Content { get; } = new()
    {
        Name = "clinic-demo",
        Files =
        [
            new ModelFile("LICENSE", Digest.Sha256("licence"u8), 7),
            new ModelFile("model.gguf", Digest.Sha256("weights"u8), 5_000_000),
        ],
        KeyId = "models/clinic-demo",
        Commitment = [.. Enumerable.Range(0, 32).Select(i => (byte)i)],
        Architecture = "llama",
        Template = "chatml",
        ContextLength = 2048,
        Parameters = 1_116_416,
    };

    public static ModelManifest Manifest { get; } = new(Content);

    public static ModelManifestContent WithFiles(params string[] names) => Content with
    {
        Files = [.. names.Select(name => new ModelFile(name, Digest.Sha256("x"u8), 1))],
    };
}
