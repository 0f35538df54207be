using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Attestation.Nitro;
using Amnion.Testing;

namespace Amnion.Attestation.Tests;

/// <summary>COSE_Sign1 against the COSE working group's examples and the gluecose vectors.</summary>
public sealed class CoseSign1Tests
{
    const string WorkingGroup = "vectors/protocols/cose-wg-examples";
    const string Gluecose = "vectors/protocols/go-cose-sign1";

    /// <summary>Valid COSE that is refused on purpose: the algorithm stands in the unprotected header.</summary>
    static readonly string[] s_refused = ["sign1-tests/sign-pass-01.json"];

    [Fact]
    public void Verifies_the_working_groups_examples()
    {
        var count = 0;
        foreach (var file in SharedData.ManifestFiles(WorkingGroup).Where(file => file.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = json.RootElement;
            var message = Convert.FromHexString(root.GetProperty("output").GetProperty("cbor").GetString()!);
            if (!root.GetProperty("input").TryGetProperty("sign0", out var signer))
            {
                // COSE_Sign with several signers is another structure and must not be taken for COSE_Sign1.
                Assert.Throws<CoseFormatException>(() => CoseSign1.Parse(message));
                continue;
            }

            using var key = Key(signer.GetProperty("key"));
            var external = signer.TryGetProperty("external", out var hex) ? Convert.FromHexString(hex.GetString()!) : [];
            var refused = Array.Exists(s_refused, name => file.Replace('\\', '/').EndsWith(name, StringComparison.Ordinal));
            var expected = !refused && !(root.TryGetProperty("fail", out var fail) && fail.GetBoolean());
            Assert.True(expected == Verifies(message, key, external), file);
            count++;
        }

        Assert.True(count >= 10, $"Only {count} examples were read.");
    }

    [Fact]
    public void Verifies_the_gluecose_vectors()
    {
        foreach (var file in SharedData.ManifestFiles(Gluecose))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = json.RootElement;
            var isEcdsa = root.GetProperty("alg").GetString()!.StartsWith("ES", StringComparison.Ordinal);
            using var key = isEcdsa ? Key(root.GetProperty("key")) : null;
            if (root.TryGetProperty("sign1::verify", out var verify))
            {
                var message = Convert.FromHexString(verify.GetProperty("taggedCOSESign1").GetProperty("cborHex").GetString()!);
                Assert.True((isEcdsa && verify.GetProperty("shouldVerify").GetBoolean()) == Verifies(message, key, External(verify)), file);
                continue;
            }

            var sign = root.GetProperty("sign1::sign");
            var toBeSigned = CoseSign1.ToBeSigned(
                Convert.FromHexString(sign.GetProperty("protectedHeaders").GetProperty("cborHex").GetString()!),
                External(sign),
                Convert.FromHexString(sign.GetProperty("payload").GetString()!));
            Assert.Equal(sign.GetProperty("tbsHex").GetProperty("cborHex").GetString(), Convert.ToHexStringLower(toBeSigned));

            // The signature shown is a sample that need not verify; only the bytes before it are fixed.
            var shown = Convert.FromHexString(sign.GetProperty("expectedOutput").GetProperty("cborHex").GetString()!);
            if (isEcdsa)
            {
                var parsed = CoseSign1.Parse(shown);
                Assert.True(parsed.IsTagged);
                Assert.Equal(sign.GetProperty("payload").GetString(), Convert.ToHexStringLower(parsed.Payload.Span));
                Assert.Equal(sign.GetProperty("unprotectedHeaders").GetProperty("cborHex").GetString(), Convert.ToHexStringLower(parsed.Unprotected.Span));
            }
            else
            {
                Assert.Throws<CoseFormatException>(() => CoseSign1.Parse(shown));
            }
        }
    }

    [Theory]
    [InlineData("1.2.840.10045.3.1.7", CoseAlgorithm.ES256)]
    [InlineData("1.3.132.0.34", CoseAlgorithm.ES384)]
    [InlineData("1.3.132.0.35", CoseAlgorithm.ES512)]
    public void Signs_what_it_verifies(string curve, CoseAlgorithm algorithm)
    {
        using var key = TestChain.Key(curve);
        var message = CoseSign1.Parse(CoseSign1.Sign("payload"u8, key, "external"u8));
        Assert.Equal(algorithm, message.Algorithm);
        Assert.False(message.IsTagged);
        Assert.Equal([0xa0], message.Unprotected.ToArray());
        Assert.Equal("payload"u8.ToArray(), message.Payload.ToArray());
        Assert.True(message.Verify(key, "external"u8));
        Assert.False(message.Verify(key));
        using var other = TestChain.Key(curve);
        Assert.False(message.Verify(other, "external"u8));
    }

    [Fact]
    public void Refuses_a_critical_header() =>
        Assert.Throws<CoseFormatException>(() => CoseSign1.Parse(Convert.FromHexString("8447a2013822028101" + "a0" + "4100" + "4100")));

    [Fact]
    public void Refuses_a_label_in_both_headers() =>
        Assert.Throws<CoseFormatException>(() => CoseSign1.Parse(Convert.FromHexString("8444a1013822" + "a10126" + "4100" + "4100")));

    static bool Verifies(byte[] message, ECDsa? key, byte[] external)
    {
        try
        {
            return CoseSign1.Parse(message).Verify(key!, external);
        }
        catch (CoseFormatException)
        {
            return false;
        }
    }

    static byte[] External(JsonElement element) => element.TryGetProperty("external", out var hex) ? Convert.FromHexString(hex.GetString()!) : [];

    static ECDsa Key(JsonElement jwk) => ECDsa.Create(new ECParameters
    {
        Curve = jwk.GetProperty("crv").GetString() switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            _ => ECCurve.NamedCurves.nistP521,
        },
        Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) },
    });
}
