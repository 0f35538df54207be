using System.Formats.Cbor;
using System.Text.Json;
using Amnion.Attestation.Cbor;
using Amnion.Testing;

namespace Amnion.Attestation.Tests;

/// <summary>The strict CBOR reader and writer against RFC 8949 appendix A and against the BCL's reader.</summary>
public sealed class CborTests
{
    [Fact]
    public void Reads_every_example_of_rfc_8949_and_writes_back_what_it_can()
    {
        foreach (var file in SharedData.ManifestFiles("vectors/protocols/cbor-rfc8949"))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var example in json.RootElement.EnumerateArray())
            {
                var hex = example.GetProperty("hex").GetString()!;
                if (hex == "f818")
                {
                    // RFC 7049's simple(24): RFC 8949 §3.3 makes two-byte simple values below 32 not well-formed.
                    Refuses(hex, "shortest");
                    continue;
                }

                var encoded = Convert.FromHexString(hex);
                var input = new CborInput(encoded);
                Assert.Equal(encoded, input.Skip(8).ToArray());
                Assert.True(input.AtEnd, hex);
                if (example.GetProperty("roundtrip").GetBoolean() && example.TryGetProperty("decoded", out var decoded))
                {
                    RoundTrips(encoded, decoded);
                }
            }
        }
    }

    static void RoundTrips(byte[] encoded, JsonElement decoded)
    {
        var input = new CborInput(encoded);
        switch (input.PeekMajor())
        {
            case 0:
                Assert.Equal(decoded.GetUInt64(), input.ReadUnsigned());
                Assert.Equal(encoded, new CborOutput().Unsigned(decoded.GetUInt64()).ToArray());
                break;
            case 1 when decoded.TryGetInt64(out var value):
                Assert.Equal(value, input.ReadInteger());
                Assert.Equal(encoded, new CborOutput().Integer(value).ToArray());
                break;
            case 3:
                Assert.Equal(decoded.GetString(), System.Text.Encoding.UTF8.GetString(input.ReadText(0, 100)));
                Assert.Equal(encoded, new CborOutput().Text(decoded.GetString()!).ToArray());
                break;
            default:
                break;
        }
    }

    [Theory]
    [InlineData("1817")]
    [InlineData("190018")]
    [InlineData("1900ff")]
    [InlineData("1a0000ffff")]
    [InlineData("1b00000000ffffffff")]
    [InlineData("5800")]
    [InlineData("7817")]
    [InlineData("9800")]
    [InlineData("b800")]
    [InlineData("d817")]
    [InlineData("f800")]
    [InlineData("f81f")]
    public void Refuses_longer_heads_than_needed(string hex) => Refuses(hex, "shortest");

    [Theory]
    [InlineData("")]
    [InlineData("18")]
    [InlineData("1b00")]
    [InlineData("41")]
    [InlineData("5b7fffffffffffffff")]
    [InlineData("81")]
    [InlineData("a101")]
    [InlineData("9f")]
    [InlineData("bf01ff")]
    [InlineData("5f4101")]
    [InlineData("5f6161ff")]
    [InlineData("5f5f4101ffff")]
    [InlineData("c1")]
    [InlineData("ff")]
    [InlineData("1c")]
    [InlineData("3f")]
    [InlineData("df")]
    public void Refuses_what_is_not_well_formed(string hex) => Refuses(hex, "");

    static void Refuses(string hex, string problem)
    {
        var encoded = Convert.FromHexString(hex);
        Assert.Contains(problem, Assert.Throws<CborFormatException>(() => new CborInput(encoded).Skip(8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_read_leaves_the_position()
    {
        var input = new CborInput([0x82, 0x01, 0x18]);
        try
        {
            _ = input.Skip(8);
            Assert.Fail("A truncated array was accepted.");
        }
        catch (CborFormatException exception)
        {
            Assert.Equal(2, exception.Offset);
        }

        Assert.Equal(0, input.Position);
    }

    [Fact]
    public void Whatever_it_accepts_the_platforms_reader_accepts_too()
    {
        var random = new Random(8949);
        for (var i = 0; i < Fuzz.Iterations * 10; i++)
        {
            var encoded = new byte[random.Next(1, 24)];
            random.NextBytes(encoded);
            var input = new CborInput(encoded);
            int length;
            try
            {
                length = input.Skip(8).Length;
            }
            catch (CborFormatException)
            {
                continue;
            }

            var reader = new CborReader(encoded, CborConformanceMode.Lax, allowMultipleRootLevelValues: true);
            reader.SkipValue(disableConformanceModeChecks: true);
            Assert.Equal(length, encoded.Length - reader.BytesRemaining);
        }
    }
}
