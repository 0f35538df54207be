using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Amnion.Guard.Fields;
using Amnion.Guard.Jose;
using Amnion.Guard.Tests.Tokens;

namespace Amnion.Guard.Tests.Jose;

public sealed class JweTests
{
    static readonly byte[] s_plaintext = Encoding.UTF8.GetBytes("{\"amount\":1.50}");

    [Theory]
    [InlineData("A128GCM", 16)]
    [InlineData("A192GCM", 24)]
    [InlineData("A256GCM", 32)]
    [InlineData("A128CBC-HS256", 32)]
    [InlineData("A192CBC-HS384", 48)]
    [InlineData("A256CBC-HS512", 64)]
    public void Comes_back_with_a_shared_key(string contentAlgorithm, int length)
    {
        using var key = JweKey.FromSecret(RandomNumberGenerator.GetBytes(length));
        Same(Jwe.SealCompact(s_plaintext, key, "dir", contentAlgorithm), key, "dir", contentAlgorithm);
    }

    [Theory]
    [InlineData("A128KW", 16)]
    [InlineData("A192KW", 24)]
    [InlineData("A256KW", 32)]
    [InlineData("A128GCMKW", 16)]
    [InlineData("A192GCMKW", 24)]
    [InlineData("A256GCMKW", 32)]
    public void Comes_back_with_a_wrapped_key(string keyAlgorithm, int length)
    {
        using var key = JweKey.FromSecret(RandomNumberGenerator.GetBytes(length), keyAlgorithm);
        Same(Jwe.SealCompact(s_plaintext, key, keyAlgorithm, "A256CBC-HS512"), key, keyAlgorithm, "A256CBC-HS512");
    }

    [Theory]
    [InlineData("ECDH-ES", "P-256")]
    [InlineData("ECDH-ES+A128KW", "P-384")]
    [InlineData("ECDH-ES+A192KW", "P-521")]
    [InlineData("ECDH-ES+A256KW", "P-256")]
    public void Comes_back_with_a_key_on_a_curve_sealed_to_its_public_half(string keyAlgorithm, string curve)
    {
        using var pair = ECDiffieHellman.Create(curve switch { "P-256" => ECCurve.NamedCurves.nistP256, "P-384" => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 });
        var numbers = pair.ExportParameters(true);
        var half = $"\"kty\":\"EC\",\"crv\":\"{curve}\",\"kid\":\"one\",\"x\":\"{Base64Url.EncodeToString(numbers.Q.X)}\",\"y\":\"{Base64Url.EncodeToString(numbers.Q.Y)}\"";
        using var publicKey = JweKey.Parse(Encoding.UTF8.GetBytes($"{{{half}}}"));
        using var key = JweKey.Parse(Encoding.UTF8.GetBytes($"{{{half},\"d\":\"{Base64Url.EncodeToString(numbers.D)}\"}}"));
        var text = Jwe.SealCompact(s_plaintext, publicKey, keyAlgorithm, "A128CBC-HS256");
        Same(text, key, keyAlgorithm, "A128CBC-HS256");
        Refused(FieldCodes.JweNotOpened, Jwe.OpenCompact(text, publicKey, TestPolicy.All));
    }

    [Theory]
    [InlineData("RSA-OAEP")]
    [InlineData("RSA-OAEP-256")]
    public void Comes_back_with_an_rsa_key_and_refuses_it_with_the_other_padding(string keyAlgorithm)
    {
        using var pair = RSA.Create(2048);
        var n = pair.ExportParameters(true);
        using var key = JweKey.Parse(Encoding.UTF8.GetBytes($"{{\"kty\":\"RSA\",\"n\":\"{B(n.Modulus)}\",\"e\":\"{B(n.Exponent)}\",\"d\":\"{B(n.D)}\",\"p\":\"{B(n.P)}\",\"q\":\"{B(n.Q)}\",\"dp\":\"{B(n.DP)}\",\"dq\":\"{B(n.DQ)}\",\"qi\":\"{B(n.InverseQ)}\"}}"));
        var text = Jwe.SealCompact(s_plaintext, key, keyAlgorithm, "A256GCM");
        Same(text, key, keyAlgorithm, "A256GCM");
        var other = keyAlgorithm == "RSA-OAEP" ? "RSA-OAEP-256" : "RSA-OAEP";
        Refused(FieldCodes.JweNotOpened, Jwe.OpenCompact(Header($"{{\"alg\":\"{other}\",\"enc\":\"A256GCM\"}}") + text[text.IndexOf('.', StringComparison.Ordinal)..], key, TestPolicy.All));
    }

    [Fact]
    public void Comes_back_with_a_password_and_refuses_more_iterations_than_accepted()
    {
        using var key = JweKey.FromPassword("correct horse");
        var text = Jwe.SealCompact(s_plaintext, key, "PBES2-HS256+A128KW", "A128GCM");
        Same(text, key, "PBES2-HS256+A128KW", "A128GCM");
        Refused(FieldCodes.JweNotOpened, Jwe.OpenCompact(text, key, TestPolicy.All with { MaxIterations = Jwe.DefaultIterations - 1 }));
        Refused(FieldCodes.JweNotOpened, Jwe.OpenCompact(Header("{\"alg\":\"PBES2-HS256+A128KW\",\"p2s\":\"AAAAAAAAAAA\",\"p2c\":2000000000,\"enc\":\"A128GCM\"}") + text[text.IndexOf('.', StringComparison.Ordinal)..], key, TestPolicy.All with { MaxIterations = int.MaxValue }));
    }

    [Theory]
    [InlineData("{\"alg\":\"none\",\"enc\":\"A128GCM\"}")]
    [InlineData("{\"alg\":\"RSA1_5\",\"enc\":\"A128GCM\"}")]
    [InlineData("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}")]
    [InlineData("{\"alg\":\"dir\",\"enc\":\"A256GCM\"}")]
    [InlineData("{\"alg\":\"dir\",\"enc\":\"none\"}")]
    [InlineData("{\"alg\":\"dir\"}")]
    [InlineData("{\"enc\":\"A128GCM\"}")]
    [InlineData("{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"crit\":[\"exp\"],\"exp\":1}")]
    public void Refuses_what_the_caller_does_not_accept(string header)
    {
        using var key = JweKey.FromSecret(new byte[16]);
        var policy = TestPolicy.All with { KeyAlgorithms = ["dir", "none", "RSA1_5"], ContentAlgorithms = ["A128GCM", "none"] };
        Refused(FieldCodes.JweAlgorithmRefused, Jwe.OpenCompact(Header(header) + "..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA", key, policy));
    }

    [Fact]
    public void An_empty_policy_accepts_nothing()
    {
        using var key = JweKey.FromSecret(new byte[16]);
        var text = Jwe.SealCompact(s_plaintext, key, "dir", "A128GCM");
        Refused(FieldCodes.JweAlgorithmRefused, Jwe.OpenCompact(text, key, new JwePolicy { KeyAlgorithms = [], ContentAlgorithms = [] }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("....")]
    [InlineData("a.b.c")]
    [InlineData("e30=....")]
    [InlineData("e31....")]
    [InlineData("eyJhbGciOiJkaXIiLCJhbGciOiJkaXIifQ....")]
    [InlineData("W10....")]
    [InlineData("e30.....")]
    public void Refuses_a_text_that_is_no_compact_jwe(string text)
    {
        using var key = JweKey.FromSecret(new byte[16]);
        Assert.Throws<JweFormatException>(() => Jwe.OpenCompact(text, key, TestPolicy.All));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"recipients\":[]}")]
    [InlineData("{\"recipients\":[1]}")]
    [InlineData("{\"recipients\":[{}],\"encrypted_key\":\"AA\"}")]
    [InlineData("{\"protected\":\"eyJhbGciOiJkaXIifQ\",\"unprotected\":{\"alg\":\"dir\"}}")]
    [InlineData("{\"protected\":1}")]
    [InlineData("{\"unprotected\":[]}")]
    [InlineData("{\"iv\":\"A\"}")]
    [InlineData("{\"aad\":null}")]
    public void Refuses_a_text_that_is_no_json_jwe(string text)
    {
        using var key = JweKey.FromSecret(new byte[16]);
        Assert.Throws<JweFormatException>(() => Jwe.OpenJson(Encoding.UTF8.GetBytes(text), key, TestPolicy.All));
    }

    [Fact]
    public void Inflates_no_further_than_the_limit()
    {
        using var key = JweKey.FromSecret(new byte[16]);
        using var deflated = new MemoryStream();
        using (var stream = new DeflateStream(deflated, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            stream.Write(new byte[8 << 20]);
        }

        var header = Header("{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"zip\":\"DEF\"}");
        var (ciphertext, tag) = ContentCipher.Find("A128GCM")!.Encrypt(new byte[16], new byte[12], deflated.ToArray(), Encoding.ASCII.GetBytes(header));
        var text = $"{header}..{B(new byte[12])}.{B(ciphertext)}.{B(tag)}";
        var policy = TestPolicy.All with { AllowCompression = true };
        Refused(FieldCodes.JweCompressionRefused, Jwe.OpenCompact(text, key, TestPolicy.All));
        Refused(FieldCodes.JweCompressionRefused, Jwe.OpenCompact(text, key, policy));
        Assert.Equal(8 << 20, Assert.IsType<JweResult.Opened>(Jwe.OpenCompact(text, key, policy with { MaxPlaintextLength = 8 << 20 })).Plaintext.Length);
    }

    [Fact]
    public void Refuses_weak_and_foreign_keys()
    {
        using var small = RSA.Create(1024);
        var n = small.ExportParameters(false);
        Assert.Throws<JweFormatException>(() => JweKey.Parse(Encoding.UTF8.GetBytes($"{{\"kty\":\"RSA\",\"n\":\"{B(n.Modulus)}\",\"e\":\"AQAB\"}}")));
        Assert.Throws<JweFormatException>(() => JweKey.Parse("{\"kty\":\"oct\",\"use\":\"sig\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"u8));
        Assert.Throws<JweFormatException>(() => JweKey.Parse("{\"kty\":\"oct\"}"u8));
        Assert.Throws<JweFormatException>(() => JweKey.Parse("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}"u8));
        using var key = JweKey.FromSecret(new byte[16]);
        Assert.Throws<ArgumentException>(() => Jwe.SealCompact([], key, "A256KW", "A128GCM"));
        Assert.Throws<ArgumentException>(() => Jwe.SealCompact([], key, "none", "A128GCM"));
    }

    [Fact]
    public void No_mutation_of_a_jwe_crashes_or_opens_as_something_else()
    {
        using var key = JweKey.FromSecret(new byte[16]);
        var text = Jwe.SealCompact(s_plaintext, key, "A128KW", "A128CBC-HS256");
        var random = new Random(3);
        for (var i = 0; i < TokenFuzz.Iterations(3000); i++)
        {
            var bad = text.ToCharArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bad[random.Next(bad.Length)] = (char)random.Next(33, 127);
            }

            try
            {
                var result = Jwe.OpenCompact(new string(bad), key, TestPolicy.All);
                Assert.True(result is JweResult.Refused || new string(bad) == text);
            }
            catch (JweFormatException)
            {
            }
        }
    }

    static void Same(string text, JweKey key, string keyAlgorithm, string contentAlgorithm)
    {
        var opened = Assert.IsType<JweResult.Opened>(Jwe.OpenCompact(text, key, TestPolicy.All with { KeyAlgorithms = [keyAlgorithm], ContentAlgorithms = [contentAlgorithm] }));
        Assert.Equal(s_plaintext, opened.Plaintext);
        Assert.Equal((keyAlgorithm, contentAlgorithm), (opened.KeyAlgorithm, opened.ContentAlgorithm));
    }

    static void Refused(string code, JweResult result) => Assert.Equal(code, Assert.IsType<JweResult.Refused>(result).Code);

    static string Header(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    static string B(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
