namespace Amnion.Sealing.Tests;

public sealed class OhttpKeyConfigTests
{
    static OhttpKeyConfig P256Config(byte keyId = 7)
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        return new OhttpKeyConfig(keyId, key.PublicKey, [new(HpkeKdf.HkdfSha256, HpkeAead.Aes256Gcm), new(HpkeKdf.HkdfSha256, HpkeAead.ChaCha20Poly1305)]);
    }

    [Fact]
    public void Parsing_and_encoding_are_inverse()
    {
        var config = P256Config();
        var encoded = config.Encode();
        Assert.Equal(3 + 65 + 2 + 8, encoded.Length);
        var parsed = OhttpKeyConfig.Parse(encoded);
        Assert.Equal(config, parsed);
        Assert.Equal(config.GetHashCode(), parsed.GetHashCode());
        Assert.Equal(7, parsed.KeyId);
        Assert.Equal(HpkeKem.P256, parsed.KemId);
        Assert.Equal(config.SymmetricSuites, parsed.SymmetricSuites);
        Assert.Equal(encoded, parsed.Encode());
        Assert.Equal(HpkeSuite.P256Sha256Aes256Gcm, parsed.PreferredSuite);
        Assert.True(parsed.Offers(HpkeKdf.HkdfSha256, HpkeAead.ChaCha20Poly1305));
        Assert.False(parsed.Offers(HpkeKdf.HkdfSha512, HpkeAead.ChaCha20Poly1305));
    }

    [Fact]
    public void Algorithms_unknown_here_are_kept_and_not_preferred()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        var config = new OhttpKeyConfig(1, key.PublicKey, [new((HpkeKdf)0x0011, (HpkeAead)0x1234), new(HpkeKdf.HkdfSha256, HpkeAead.ExportOnly)]);
        Assert.Equal(config, OhttpKeyConfig.Parse(config.Encode()));
        Assert.Null(config.PreferredSuite);
        Assert.Throws<PlatformNotSupportedException>(() => ChunkedRequestSealer.Create(config));
        Assert.Throws<PlatformNotSupportedException>(() => ChunkedRequestSealer.Create(config, (HpkeKdf)0x0011, (HpkeAead)0x1234));
        Assert.Throws<ArgumentException>(() => ChunkedRequestSealer.Create(config, HpkeKdf.HkdfSha256, HpkeAead.ExportOnly));
        Assert.Throws<ArgumentException>(() => ChunkedRequestSealer.Create(config, HpkeKdf.HkdfSha256, HpkeAead.Aes256Gcm));
    }

    [Fact]
    public void A_list_skips_keys_of_unknown_kems_and_keeps_the_others_in_order()
    {
        var one = P256Config(1);
        var two = P256Config(2);
        byte[] unknown = [0, 9, 5, 0x64, 0x7a, 1, 2, 3, 4, 5, 6];
        byte[] list = [.. OhttpKeyConfig.EncodeList(one), .. unknown, .. OhttpKeyConfig.EncodeList(two)];
        Assert.Equal([one, two], OhttpKeyConfig.ParseList(list));
        Assert.Equal([one, two], OhttpKeyConfig.ParseList(OhttpKeyConfig.EncodeList(one, two)));
        Assert.Empty(OhttpKeyConfig.ParseList([]));
    }

    [Fact]
    public void Every_truncation_and_every_extension_is_refused()
    {
        var config = P256Config();
        var encoded = config.Encode();
        var list = OhttpKeyConfig.EncodeList(config);
        for (var length = 0; length < encoded.Length; length++)
        {
            Assert.Equal(SealingCodes.KeyConfigMalformed, Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.Parse(encoded.AsSpan(0, length))).Code);
        }

        for (var length = 1; length < list.Length; length++)
        {
            Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.ParseList(list.AsSpan(0, length)));
        }

        Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.Parse([.. encoded, 0]));
        Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.ParseList([.. list, 0]));
    }

    [Fact]
    public void Failures_name_the_field_and_where_it_is()
    {
        var encoded = P256Config().Encode();
        var badKem = encoded.ToArray();
        badKem[1] = 0x99;
        var failure = Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.Parse(badKem));
        Assert.Equal(("HPKE KEM ID", 1L), (failure.Field, failure.Offset));
        var badPoint = encoded.ToArray();
        badPoint[20] ^= 1;
        failure = Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.Parse(badPoint));
        Assert.Equal(("HPKE Public Key", 3L), (failure.Field, failure.Offset));
        byte[] odd = [.. encoded.AsSpan(0, 68), 0, 3, 0, 1, 0];
        failure = Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.Parse(odd));
        Assert.Equal(("HPKE Symmetric Algorithms", 70L), (failure.Field, failure.Offset));
        byte[] none = [.. encoded.AsSpan(0, 68), 0, 0];
        Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.Parse(none));
    }

    [Fact]
    public void Limits_hold()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        Assert.Throws<ArgumentException>(() => new OhttpKeyConfig(1, key.PublicKey, []));
        Assert.Throws<ArgumentException>(() => new OhttpKeyConfig(1, key.PublicKey, [.. Enumerable.Repeat(default(OhttpSymmetricSuite), OhttpLimits.MaxSymmetricSuites + 1)]));
        Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.ParseList(new byte[OhttpLimits.MaxKeyConfigList + 1]));
        var unknown = Enumerable.Repeat<byte[]>([0, 3, 5, 0x64, 0x7a], OhttpLimits.MaxKeyConfigs + 1).SelectMany(bytes => bytes).ToArray();
        Assert.Throws<OhttpFormatException>(() => OhttpKeyConfig.ParseList(unknown));
        Assert.Empty(OhttpKeyConfig.ParseList(unknown.AsSpan(5)));
    }

    [Fact]
    public void Mutated_configurations_parse_to_themselves_or_not_at_all()
    {
        var random = new Random(90210);
        var seed = OhttpKeyConfig.EncodeList(P256Config(1), P256Config(2));
        for (var i = 0; i < Vectors.FuzzIterations(400); i++)
        {
            var bytes = Mutation.Of(seed, random);
            try
            {
                var configs = OhttpKeyConfig.ParseList(bytes);
                Assert.True(OhttpKeyConfig.EncodeList(configs.AsSpan()).Length <= bytes.Length);
                foreach (var config in configs)
                {
                    Assert.Equal(config.Encode(), OhttpKeyConfig.Parse(config.Encode()).Encode());
                    Assert.True(bytes.AsSpan().IndexOf(config.Encode()) >= 0);
                }
            }
            catch (OhttpFormatException)
            {
            }

            if (OhttpRequestHeader.TryParse(bytes, out var header, out var consumed))
            {
                Assert.Equal(bytes.AsSpan(0, consumed), header.Bytes);
            }
        }
    }
}
