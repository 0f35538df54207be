using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amnion.Models.Manifest;

namespace Amnion.Models.Tests.Manifest;

/// <summary>Statements that are signed properly and say something that cannot be.</summary>
public sealed class OmsStatementTests : IDisposable
{
    readonly ECDsa _signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _signer.Dispose();

    [Fact]
    public void An_unaltered_statement_is_accepted() => Assert.IsType<OmsVerification.Accepted>(Verify(_ => { }));

    [Fact]
    public void Members_that_the_standard_does_not_know_are_passed_over() => Assert.IsType<OmsVerification.Accepted>(Verify(json => json["predicate"]!["more"] = 1));

    [Fact]
    public void Shards_and_other_digests_are_read()
    {
        var accepted = Assert.IsType<OmsVerification.Accepted>(Verify(json =>
        {
            json["predicate"]!["serialization"]!["method"] = "shards";
            Resource(json, 0)["name"] = "a:0:5";
            Resource(json, 0)["algorithm"] = "blake2b";
            Resource(json, 0)["digest"] = new string('a', 128);
            Resource(json, 1)["algorithm"] = "blake3";
            var digests = Convert.FromHexString(new string('a', 128) + (string)Resource(json, 1)["digest"]!);
            json["subject"]![0]!["digest"]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(digests));
        }));
        Assert.Equal(["blake2b", "blake3"], accepted.Statement.Resources.Select(resource => resource.Algorithm));
    }

    [Fact]
    public void A_root_digest_that_is_not_the_files_is_refused() => Refused(json => json["subject"]![0]!["digest"]!["sha256"] = new string('0', 64));

    [Fact]
    public void A_digest_left_out_is_refused() => Refused(json => ((JsonArray)json["predicate"]!["resources"]!).RemoveAt(1));

    [Fact]
    public void A_name_that_stands_twice_is_refused() => Refused(json => Resource(json, 1)["name"] = (string)Resource(json, 0)["name"]!);

    [Fact]
    public void Another_serialization_is_refused() => Refused(json => json["predicate"]!["serialization"]!["method"] = "tar");

    [Fact]
    public void Another_algorithm_is_refused() => Refused(json => Resource(json, 0)["algorithm"] = "md5");

    [Fact]
    public void A_digest_of_another_length_is_refused() => Refused(json => Resource(json, 0)["digest"] = "00");

    [Fact]
    public void No_subject_is_refused() => Refused(json => ((JsonArray)json["subject"]!).Clear());

    [Fact]
    public void Another_statement_type_is_refused() => Refused(json => json["_type"] = "https://in-toto.io/Statement/v0.1");

    static JsonNode Resource(JsonNode json, int index) => json["predicate"]!["resources"]![index]!;

    void Refused(Action<JsonNode> edit) =>
        Assert.Equal([ModelCodes.StatementInvalid], Assert.IsType<OmsVerification.Rejected>(Verify(edit)).Problems.Select(problem => problem.Code));

    OmsVerification Verify(Action<JsonNode> edit)
    {
        var statement = JsonNode.Parse(TestManifests.Manifest.Bytes.Span)!;
        edit(statement);
        var payload = Encoding.UTF8.GetBytes(statement.ToJsonString());
        var bundle = JsonNode.Parse(ModelSignature.Sign(TestManifests.Manifest, _signer))!;
        bundle["dsseEnvelope"]!["payload"] = Convert.ToBase64String(payload);
        bundle["dsseEnvelope"]!["signatures"]![0]!["sig"] = Convert.ToBase64String(
            _signer.SignData(Dsse.Encode(payload), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        return OmsBundle.Parse(Encoding.UTF8.GetBytes(bundle.ToJsonString())).Verify(new OmsTrust.Key(_signer));
    }
}
