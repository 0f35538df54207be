using System.Reflection;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>The small value types, and the codes.</summary>
public sealed class MeasurementTests
{
    [Theory]
    [InlineData(32, "sha256:")]
    [InlineData(48, "sha384:")]
    [InlineData(64, "sha512:")]
    public void A_measurement_survives_both_spellings(int length, string tag)
    {
        byte[] bytes = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        var measurement = new Measurement(bytes);
        Assert.Equal(measurement, Measurement.FromHex(measurement.ToString()));
        Assert.Equal(measurement, Measurement.FromHex(measurement.ToString().ToUpperInvariant()));
        Assert.Equal(measurement, Measurement.Parse(measurement.ToTaggedString()));
        Assert.StartsWith(tag, measurement.ToTaggedString(), StringComparison.Ordinal);
        Assert.Equal(measurement.GetHashCode(), new Measurement(bytes).GetHashCode());
        Assert.False(measurement.IsZero);
        Assert.True(Measurement.Zero(length).IsZero);
    }

    [Fact]
    public void A_measurement_keeps_its_own_bytes()
    {
        var bytes = new byte[48];
        var measurement = new Measurement(bytes);
        bytes[0] = 1;
        Assert.True(measurement.IsZero);
    }

    [Fact]
    public void Measurements_of_different_length_or_content_differ()
    {
        Assert.NotEqual(Measurement.Zero(32), Measurement.Zero(48));
        Assert.NotEqual(default, Measurement.Zero(32));
        Assert.Equal(default, default(Measurement));
        Assert.False(default(Measurement).IsZero);
        Assert.Equal(string.Empty, default(Measurement).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha384:00")]
    [InlineData("sha256:zz")]
    [InlineData("sha1:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha384:0000000000000000000000000000000000000000000000000000000000000000")]
    public void Refuses_other_texts(string text)
    {
        Assert.Throws<FormatException>(() => Measurement.Parse(text));
        Assert.Throws<FormatException>(() => Measurement.FromHex(text));
        Assert.False(Measurement.TryParse(null, out _));
        Assert.False(Measurement.TryParse("sha256:" + new string('A', 64), out _));
        Assert.Throws<ArgumentException>(() => new Measurement(new byte[20]));
    }

    [Fact]
    public void A_nonce_has_sixteen_to_sixty_four_bytes()
    {
        Assert.Equal(32, Nonce.Random().Bytes.Length);
        Assert.NotEqual(Nonce.Random(), Nonce.Random());
        Assert.Equal(new Nonce(TestChain.Nonce), new Nonce(TestChain.Nonce));
        Assert.Throws<ArgumentException>(() => new Nonce(new byte[15]));
        Assert.Throws<ArgumentException>(() => new Nonce(new byte[65]));
    }

    [Fact]
    public void Codes_are_unique()
    {
        var codes = new[] { typeof(NitroCodes), typeof(AttestationCodes) }.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^AMN-(NITRO|EVIDENCE|POLICY|X509)-[0-9]{4}$", code));
    }
}
