using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Models.Manifest;
using Amnion.Testing;

namespace Amnion.Models.Tests.Manifest;

/// <summary>The vectors and schemas of ossf/model-signing-spec v1.0.</summary>
public class OmsSpecVectorTests
{
    const string Folder = "vectors/protocols/oms-spec-v1.0";
    const string BundleSchema = "https://model_signing/bundle/v1.0/schema";
    const string StatementSchema = "https://model_signing/statement/v1.0/schema";

    [Fact]
    public void Every_vector_has_its_expected_outcome()
    {
        var schemas = Schemas();
        foreach (var path in SharedData.ManifestFiles(Folder))
        {
            var folder = Path.GetFileName(Path.GetDirectoryName(path));
            switch (folder)
            {
                case "v1.0" when path.EndsWith(".schema.json", StringComparison.Ordinal):
                    // Used below and in the next test.
                    break;
                case "valid":
                    CheckValid(schemas, path);
                    break;
                case "invalid":
                    Assert.Throws<BundleFormatException>(() => OmsBundle.Parse(File.ReadAllBytes(path)));
                    break;
                case "invalid-payload":
                    var rejected = Assert.IsType<OmsVerification.Rejected>(OmsBundle.Parse(File.ReadAllBytes(path)).Verify(Key()));
                    Assert.Contains(rejected.Problems, problem => problem.Code == ModelCodes.StatementType);
                    break;
                default:
                    Assert.Fail($"Nobody reads {path}.");
                    break;
            }
        }
    }

    [Fact]
    public void What_is_signed_here_is_valid_by_the_published_schemas()
    {
        var schemas = Schemas();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var bundle = JsonDocument.Parse(ModelSignature.Sign(TestManifests.Manifest, key));
        using var statement = JsonDocument.Parse(TestManifests.Manifest.Bytes);
        Assert.True(schemas.Accepts(BundleSchema, bundle.RootElement));
        Assert.True(schemas.Accepts(StatementSchema, statement.RootElement));
    }

    static void CheckValid(JsonSchemaSubset schemas, string path)
    {
        var bytes = File.ReadAllBytes(path);
        var bundle = OmsBundle.Parse(bytes);
        using var json = JsonDocument.Parse(bytes);
        using var statement = JsonDocument.Parse(bundle.Payload);
        Assert.True(schemas.Accepts(BundleSchema, json.RootElement), path);
        Assert.True(schemas.Accepts(StatementSchema, statement.RootElement), path);
        var outcome = bundle.Verify(Key());
        if (bundle.Method == OmsMethod.Key)
        {
            Assert.Equal(["signme-1", "signme-2"], Assert.IsType<OmsVerification.Accepted>(outcome).Statement.Resources.Select(resource => resource.Name));
        }
        else
        {
            Assert.Equal(ModelCodes.MethodUnsupported, Assert.IsType<OmsVerification.Unsupported>(outcome).Problem.Code);
        }
    }

    // The vectors were signed with the reference implementation's published test key.
    static OmsTrust.Key Key() => new(OmsReferenceBundleTests.SigningKey());

    static JsonSchemaSubset Schemas() => new(SharedData.ManifestFiles(Folder).Where(path => path.EndsWith(".schema.json", StringComparison.Ordinal)));
}
