using Amnion.Guard.Tokens.Modes;

namespace Amnion.Guard.Tests.Tokens;

public sealed class AesKeyWrapTests
{
    [Fact]
    public void Gives_every_verdict_of_the_padded_vectors()
    {
        var count = 0;
        foreach (var (_, test) in GuardVectors.Wycheproof("aes-kwp.json"))
        {
            count++;
            Assert.True(AesKeyWrap.TryUnwrapPadded(test.Hex("key"), test.Hex("ct"), out var key) == test.IsValid(), $"test {test.Id()}");
            Assert.Equal(test.IsValid() ? test.Hex("msg") : [], key);
            if (test.IsValid())
            {
                Assert.Equal(test.Hex("ct"), AesKeyWrap.WrapPadded(test.Hex("key"), test.Hex("msg")));
            }
        }

        Assert.Equal(254, count);
    }

    // RFC 3394 §4.1, §4.4 and §4.6.
    [Theory]
    [InlineData("000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData("000102030405060708090A0B0C0D0E0F1011121314151617", "00112233445566778899AABBCCDDEEFF0001020304050607", "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F", "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")]
    public void Agrees_with_the_examples_of_rfc_3394(string wrappingKey, string key, string wrapped)
    {
        Assert.Equal(wrapped, Convert.ToHexString(AesKeyWrap.Wrap(Convert.FromHexString(wrappingKey), Convert.FromHexString(key))));
        Assert.True(AesKeyWrap.TryUnwrap(Convert.FromHexString(wrappingKey), Convert.FromHexString(wrapped), out var opened));
        Assert.Equal(key, Convert.ToHexString(opened));
    }

    [Fact]
    public void Refuses_every_changed_bit_and_every_cut()
    {
        var wrapped = AesKeyWrap.Wrap(new byte[32], new byte[32]);
        for (var bit = 0; bit < wrapped.Length * 8; bit++)
        {
            var bad = wrapped.ToArray();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(AesKeyWrap.TryUnwrap(new byte[32], bad, out var key));
            Assert.Empty(key);
        }

        for (var length = 0; length < wrapped.Length; length++)
        {
            Assert.False(AesKeyWrap.TryUnwrap(new byte[32], wrapped.AsSpan(0, length), out _));
            Assert.False(AesKeyWrap.TryUnwrapPadded(new byte[32], wrapped.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(17)]
    [InlineData(4104)]
    public void Refuses_to_wrap_a_key_of_another_length(int length) => Assert.Throws<ArgumentException>(() => AesKeyWrap.Wrap(new byte[16], new byte[length]));
}
