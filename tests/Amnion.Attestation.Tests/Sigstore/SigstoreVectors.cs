using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Sigstore;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>The published bundles of sigstore-conformance, one folder each; its name ends in "_fail" where it must be refused.</summary>
static class SigstoreVectors
{
    public const string Folder = "vectors/protocols/sigstore-conformance/bundle-verify";

    const string ProductionRoot = "vectors/protocols/tuf-sigstore-root/sigstore-root-signing/targets/f44a1b88128e55ebfb62189becbc0fa48d4ec9915c65ac54ba0e46a008b12d5b.trusted_root.json";
    const string DefaultSigner = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
    const string DefaultIssuer = "https://token.actions.githubusercontent.com";

    public static TheoryData<string> Names => SharedData.Root is not null && Directory.Exists(Path.Combine(SharedData.Root, Folder))
        ? [.. Directory.EnumerateDirectories(Path.Combine(SharedData.Root, Folder)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : ["absent"];

    public static byte[] Bundle(string name) => File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), name, "bundle.sigstore.json"));

    public static byte[] Root(string name) => Optional(name, "trusted_root.json") ?? File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "../../../..", ProductionRoot));

    public static byte[] Artifact(string name) => Optional(name, "artifact") ?? File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "a.txt"));

    public static SigstorePolicy Policy(string name) => Optional(name, "key.pub") is { } pem
        ? new SigstorePolicy { Key = PublicKey(pem), PredicateTypes = null }
        : new SigstorePolicy { Issuer = Text(name, "issuer") ?? DefaultIssuer, Signer = Text(name, "identity") ?? DefaultSigner, PredicateTypes = null };

    /// <summary>Late enough for every bundle.</summary>
    public static SigstoreContext Context(string name) => new() { Now = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero), Artifact = Artifact(name) };

    public static SigstoreResult Verify(string name) => SigstoreVerifier.Verify(Bundle(name), Root(name), Policy(name), Context(name));

    static byte[] PublicKey(byte[] pem)
    {
        var text = Encoding.ASCII.GetString(pem);

        // One published key is no base64; it is handed over as it is, and does not load.
        return PemEncoding.TryFind(text, out var fields) ? Convert.FromBase64String(text[fields.Base64Data]) : pem;
    }

    static string? Text(string name, string file) => Optional(name, file) is { } bytes ? Encoding.UTF8.GetString(bytes).Trim() : null;

    static byte[]? Optional(string name, string file)
    {
        var path = Path.Combine(SharedData.Folder(Folder), name, file);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}
