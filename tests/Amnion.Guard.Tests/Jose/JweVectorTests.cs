using System.Text;
using System.Text.Json;
using Amnion.Guard.Fields;
using Amnion.Guard.Jose;
using Amnion.Guard.Tests.Tokens;

namespace Amnion.Guard.Tests.Jose;

public sealed class JweVectorTests
{
    [Fact]
    public void Gives_every_verdict_of_wycheproof_and_refuses_RSA1_5_and_compression_by_their_codes()
    {
        var (right, byPolicy) = (0, 0);
        foreach (var (group, test) in GuardVectors.Wycheproof("jwe-wycheproof.json"))
        {
            using var key = JweKey.Parse(Encoding.UTF8.GetBytes(group.GetProperty("private").GetRawText()));
            var text = test.GetProperty("jwe").GetString()!;
            var result = Open(text, key, TestPolicy.All);
            if (result is JweResult.Refused refused && refused.Code != FieldCodes.JweNotOpened && test.IsValid())
            {
                // The two refusals on purpose: a key transport that leaks by its padding, and compression before encryption unless a caller asks for it.
                Assert.Equal(key.Algorithm == "RSA1_5" ? FieldCodes.JweAlgorithmRefused : FieldCodes.JweCompressionRefused, refused.Code);
                Assert.True(key.Algorithm == "RSA1_5" || Open(text, key, TestPolicy.All with { AllowCompression = true }) is JweResult.Opened);
                byPolicy++;
                continue;
            }

            Assert.True(result is JweResult.Opened == test.IsValid(), $"test {test.Id()}: {result}");
            if (result is JweResult.Opened opened)
            {
                Assert.Equal(test.Hex("pt"), opened.Plaintext);
            }

            right++;
        }

        Assert.Equal((130, 9), (right, byPolicy));
    }

    [Fact]
    public void Opens_every_example_of_rfc_7520_in_every_serialisation_but_RSA1_5()
    {
        var count = 0;
        foreach (var example in GuardVectors.Read("jwe-rfc7520.json").EnumerateObject())
        {
            var input = example.Value.GetProperty("input");
            foreach (var key in Keys(input))
            {
                using (key)
                {
                    foreach (var output in example.Value.GetProperty("output").EnumerateObject())
                    {
                        var policy = TestPolicy.All with { AllowCompression = true, AllowUnprotectedAlgorithms = true };
                        var result = output.NameEquals("compact") ? Jwe.OpenCompact(output.Value.GetString()!, key, policy) : Jwe.OpenJson(Encoding.UTF8.GetBytes(output.Value.GetRawText()), key, policy);
                        if (key.KeyId == "frodo.baggins@hobbiton.example")
                        {
                            Assert.Equal(FieldCodes.JweAlgorithmRefused, Assert.IsType<JweResult.Refused>(result).Code);
                            continue;
                        }

                        var opened = Assert.IsType<JweResult.Opened>(result);
                        Assert.Equal(input.GetProperty("plaintext").GetString(), Encoding.UTF8.GetString(opened.Plaintext));
                        Assert.Equal(input.TryGetProperty("aad", out var aad) ? aad.GetString() : "", Encoding.UTF8.GetString(opened.AdditionalData));
                        count++;
                    }
                }
            }
        }

        Assert.Equal(32, count);
    }

    [Fact]
    public void Refuses_algorithms_in_an_unprotected_header_unless_asked()
    {
        foreach (var example in GuardVectors.Read("jwe-rfc7520.json").EnumerateObject().Where(example => example.Name.Contains("5_11.", StringComparison.Ordinal) || example.Name.Contains("5_12.", StringComparison.Ordinal)))
        {
            using var key = Keys(example.Value.GetProperty("input")).Single();
            var json = Encoding.UTF8.GetBytes(example.Value.GetProperty("output").GetProperty("json_flat").GetRawText());
            Assert.Equal(FieldCodes.JweAlgorithmRefused, Assert.IsType<JweResult.Refused>(Jwe.OpenJson(json, key, TestPolicy.All)).Code);
        }
    }

    static JweResult Open(string text, JweKey key, JwePolicy policy)
    {
        try
        {
            return Jwe.OpenCompact(text, key, policy);
        }
        catch (JweFormatException e)
        {
            Assert.Equal(FieldCodes.MalformedJwe, e.Code);
            return new JweResult.Refused(FieldCodes.JweNotOpened);
        }
    }

    static IEnumerable<JweKey> Keys(JsonElement input)
    {
        if (input.TryGetProperty("pwd", out var password))
        {
            return [JweKey.FromPassword(password.GetString()!)];
        }

        var key = input.GetProperty("key");
        return key.ValueKind == JsonValueKind.Array
            ? key.EnumerateArray().Select(one => JweKey.Parse(Encoding.UTF8.GetBytes(one.GetRawText())))
            : [JweKey.Parse(Encoding.UTF8.GetBytes(key.GetRawText()))];
    }
}
