using System.Security.Cryptography;
using Amnion.Models.Manifest;
using Amnion.Testing;

namespace Amnion.Models.Tests.Manifest;

/// <summary>Sigstore's own bundles are no signed models: none is accepted, whichever way it is good or bad.</summary>
public class SigstoreConformanceTests
{
    [Fact]
    public void No_bundle_is_accepted_and_none_does_anything_but_be_refused()
    {
        var outcomes = new Dictionary<string, int>();
        foreach (var path in SharedData.ManifestFiles("vectors/protocols/sigstore-conformance").Where(path => path.EndsWith("bundle.sigstore.json", StringComparison.Ordinal)))
        {
            var outcome = Outcome(path);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        Assert.DoesNotContain(nameof(OmsVerification.Accepted), outcomes.Keys);
        Assert.True(outcomes.GetValueOrDefault(nameof(OmsVerification.Unsupported)) > 0 && outcomes.GetValueOrDefault(nameof(BundleFormatException)) > 0);
    }

    static string Outcome(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var published = Path.Combine(Path.GetDirectoryName(path)!, "key.pub");
        if (File.Exists(published) && OmsKeys.SubjectPublicKeyInfo(File.ReadAllText(published)) is { } info)
        {
            key.ImportSubjectPublicKeyInfo(info, out _);
        }

        try
        {
            return OmsBundle.Parse(File.ReadAllBytes(path)).Verify(new OmsTrust.Key(key), allowLegacy: true).GetType().Name;
        }
        catch (BundleFormatException)
        {
            return nameof(BundleFormatException);
        }
    }
}
