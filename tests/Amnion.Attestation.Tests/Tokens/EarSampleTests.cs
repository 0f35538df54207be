using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Attestation.Tokens;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>Project Veraison's published claim sets and keys, all of them.</summary>
public sealed class EarSampleTests
{
    const string Folder = "vectors/protocols/ear";

    public static TheoryData<string> Names => SharedData.Root is not null && Directory.Exists(Path.Combine(SharedData.Root, Folder))
        ? [.. SharedData.ManifestFiles(Folder).Select(path => Path.GetFileName(path))]
        : ["absent"];

    static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_published_file_is_understood(string name)
    {
        var bytes = Read(name);
        if (name.Contains("key.json", StringComparison.Ordinal))
        {
            var key = Assert.Single(TokenKey.ParseSet(bytes));
            Assert.Equal("ES256", key.EcdsaAlgorithm());
            return;
        }

        var claims = EarClaims.Parse(bytes);
        using var json = JsonDocument.Parse(bytes);
        Assert.Equal("tag:github.com,2023:veraison/ear", claims.Profile);
        Assert.Equal(json.RootElement.GetProperty("iat").GetInt64(), claims.IssuedAt.ToUnixTimeSeconds());
        Assert.Equal(json.RootElement.GetProperty("ear.verifier-id").GetProperty("build").GetString(), claims.VerifierBuild);
        var expected = json.RootElement.GetProperty("submods").EnumerateObject().Single();
        var (attester, appraisal) = Assert.Single(claims.Submodules);
        Assert.Equal(expected.Name, attester);
        Assert.Equal(expected.Value.GetProperty("ear.status").GetString(), appraisal.Status.ToString().ToLowerInvariant());
        Assert.Equal(expected.Value.GetProperty("ear.appraisal-policy-id").GetString(), Assert.Single(appraisal.PolicyIds));
        Assert.Equal(expected.Value.TryGetProperty("ear.trustworthiness-vector", out var vector), appraisal.Vector is not null);
        if (appraisal.Vector is { } values)
        {
            for (var i = 0; i < 8; i++)
            {
                Assert.Equal(vector.TryGetProperty(TrustVector.Names[i], out var value) ? value.GetSByte() : 0, values.Values[i]);
            }
        }

        var token = AttestationToken.Parse(bytes);
        Assert.Equal(AttestationTokenKind.Ear, token.Kind);
        Assert.Equal(claims.Fields, token.Fields);
    }

    [Theory]
    [InlineData("ear-claims-tv-ok.json", new string[0])]
    [InlineData("ear-claims-key-attestation-ok.json", new string[0])]
    [InlineData("ear-claims.json", new string[0])]
    [InlineData("ear-claims-key-attestation-ko.json", new[] { TokenCodes.Tier })]
    public void A_sample_signed_with_the_published_key_is_appraised(string name, string[] failures)
    {
        using var json = JsonDocument.Parse(Read("skey.json"));
        byte[] Coordinate(string member) => Base64Url.DecodeFromChars(json.RootElement.GetProperty(member).GetString());
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Coordinate("x"), Y = Coordinate("y") }, D = Coordinate("d") });
        var claims = EarClaims.Parse(Read(name));
        var token = TokenSpec.Raw("""{"alg":"ES256","typ":"JWT"}""", Encoding.UTF8.GetString(Read(name)), key);
        var expected = new EarExpectation { Now = claims.IssuedAt, Profiles = [EarProfiles.Veraison], Types = ["jwt"] };
        var found = EarToken.Verify(token, Assert.Single(TokenKey.ParseSet(Read("pkey.json"))), expected);
        Assert.Equal(failures, found.Checks.Failed());
        Assert.NotNull(found.Claims);
        Assert.Equal([TokenCodes.TooOld], EarToken.Verify(token, TokenKey.From(key), expected with { Now = claims.IssuedAt.AddHours(2), Tier = TrustTier.Contraindicated }).Checks.Failed());
    }
}
