using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Sealing.Tests;

/// <summary>Wycheproof's cases against the platform's primitives, through the very types the protocols use.</summary>
public sealed class WycheproofTests(ITestOutputHelper output)
{
    const string Folder = "wycheproof";

    [Theory]
    [InlineData("ecdh_secp256r1_ecpoint_test.json", HpkeKem.P256)]
    [InlineData("ecdh_secp384r1_ecpoint_test.json", HpkeKem.P384)]
    public void Agreement_on_a_nist_curve(string file, HpkeKem kem)
    {
        var group = DhGroup.Require(kem);
        var counts = new Dictionary<string, int>();
        foreach (var (test, _) in Cases(file))
        {
            var scalar = Pad(test.Hex("private"), group.PrivateKeyLength);
            var point = test.Hex("public");
            var agreement = new byte[group.AgreementLength];
            using var key = group.Import(scalar);
            var agreed = key.TryAgree(point, agreement);

            // DHKEM knows the uncompressed form only (RFC 9180 §7.1.1), so a valid compressed point is refused here.
            var compressed = point.Length > 0 && point[0] is 2 or 3;
            var expected = Result(test) == "valid" && !compressed;
            Assert.True(expected == agreed, $"{file} tcId {test.GetProperty("tcId")}: {test.GetProperty("comment")}");
            Assert.Equal(expected ? test.Hex("shared") : new byte[agreement.Length], agreement);
            Count(counts, compressed ? "compressed, refused" : Result(test));
        }

        Report(file, counts);
    }

    [Fact]
    public void Agreement_on_x25519()
    {
        if (!Hpke.IsSupported(HpkeKem.X25519))
        {
            Assert.Skip("X25519 is not available on this platform.");
        }

        var counts = new Dictionary<string, int>();
        foreach (var (test, _) in Cases("x25519_test.json"))
        {
            using var key = X25519.Instance.Import(test.Hex("private"));
            var agreement = new byte[32];
            var zero = test.Hex("shared").All(value => value == 0);
            Assert.True(zero != key.TryAgree(test.Hex("public"), agreement), $"tcId {test.GetProperty("tcId")}");
            Assert.Equal(test.Hex("shared"), agreement);
            Count(counts, zero ? "zero, refused" : Result(test));
        }

        Report("x25519", counts);
    }

    [Theory]
    [InlineData("aes_gcm_test.json", 128, HpkeAead.Aes128Gcm)]
    [InlineData("aes_gcm_test.json", 256, HpkeAead.Aes256Gcm)]
    [InlineData("chacha20_poly1305_test.json", 256, HpkeAead.ChaCha20Poly1305)]
    public void Authenticated_encryption(string file, int keyBits, HpkeAead aead)
    {
        var counts = new Dictionary<string, int>();
        foreach (var (test, group) in Cases(file))
        {
            if (group.GetProperty("keySize").GetInt32() != keyBits || group.GetProperty("ivSize").GetInt32() != 96 || group.GetProperty("tagSize").GetInt32() != 128)
            {
                Count(counts, "another size");
                continue;
            }

            using var cipher = new AeadCipher(aead, test.Hex("key"));
            byte[] ciphertext = [.. test.Hex("ct"), .. test.Hex("tag")];
            var message = test.Hex("msg");
            var plaintext = new byte[message.Length];
            var valid = Result(test) == "valid";
            Assert.True(valid == cipher.TryOpen(test.Hex("iv"), test.Hex("aad"), ciphertext, plaintext), $"{file} tcId {test.GetProperty("tcId")}");
            Assert.Equal(valid ? message : new byte[message.Length], plaintext);
            if (valid)
            {
                var again = new byte[ciphertext.Length];
                cipher.Seal(test.Hex("iv"), test.Hex("aad"), message, again);
                Assert.Equal(ciphertext, again);
            }

            Count(counts, Result(test));
        }

        Report(file, counts);
    }

    [Theory]
    [InlineData("hkdf_sha256_test.json", 32)]
    [InlineData("hkdf_sha384_test.json", 48)]
    public void Key_derivation(string file, int hashLength)
    {
        var hash = hashLength == 32 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        var counts = new Dictionary<string, int>();
        foreach (var (test, _) in Cases(file))
        {
            var size = test.GetProperty("size").GetInt32();
            var derived = new byte[size];
            if (Result(test) == "valid")
            {
                HKDF.DeriveKey(hash, test.Hex("ikm"), derived.AsSpan(), test.Hex("salt"), test.Hex("info"));
                Assert.Equal(test.Hex("okm"), derived);
            }
            else
            {
                Assert.True(size > 255 * hashLength);
                Assert.ThrowsAny<ArgumentException>(() => HKDF.DeriveKey(hash, test.Hex("ikm"), derived.AsSpan(), test.Hex("salt"), test.Hex("info")));
            }

            Count(counts, Result(test));
        }

        Report(file, counts);
    }

    static IEnumerable<(JsonElement Test, JsonElement Group)> Cases(string file)
    {
        var folder = Vectors.Root + Folder;
        var path = SharedData.ManifestFiles(folder).SingleOrDefault(found => Path.GetFileName(found) == file);
        if (path is null)
        {
            Assert.Skip($"The manifest of '{folder}' does not name {file}.");
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path!));
        foreach (var group in document.RootElement.Clone().GetProperty("testGroups").EnumerateArray())
        {
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                yield return (test, group);
            }
        }
    }

    /// <summary>Wycheproof writes scalars as integers: with a sign byte, or without their leading zeros.</summary>
    static byte[] Pad(byte[] scalar, int length)
    {
        var trimmed = scalar.AsSpan().TrimStart((byte)0);
        var padded = new byte[length];
        trimmed.CopyTo(padded.AsSpan(length - trimmed.Length));
        return padded;
    }

    static string Result(JsonElement test) => test.GetProperty("result").GetString()!;

    static void Count(Dictionary<string, int> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;

    void Report(string file, Dictionary<string, int> counts)
    {
        Assert.NotEmpty(counts);
        output.WriteLine($"{file}: {string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))}");
    }
}
