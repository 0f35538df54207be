using System.Text;
using Amnion.Guard.Tokens.Modes;

namespace Amnion.Guard.Tests.Tokens;

public sealed class AesSivTests
{
    [Fact]
    public void Gives_every_verdict_of_the_deterministic_vectors()
    {
        var count = 0;
        foreach (var (_, test) in GuardVectors.Wycheproof("aes-siv-cmac.json"))
        {
            count++;
            Judge(test.IsValid(), test.Hex("key"), test.Hex("msg"), test.Hex("ct"), test.Id(), test.Hex("aad"));
        }

        Assert.Equal(442, count);
    }

    [Fact]
    public void Gives_every_verdict_of_the_nonce_based_vectors()
    {
        var count = 0;
        foreach (var (_, test) in GuardVectors.Wycheproof("aead-aes-siv-cmac.json"))
        {
            count++;
            Judge(test.IsValid(), test.Hex("key"), test.Hex("msg"), [.. test.Hex("tag"), .. test.Hex("ct")], test.Id(), test.Hex("aad"), test.Hex("iv"));
        }

        Assert.True(count >= 100);
    }

    // RFC 5297, appendix A.2: two associated data and a nonce.
    [Fact]
    public void Agrees_with_the_nonce_based_example_of_the_rfc()
    {
        Judge(
            true,
            Convert.FromHexString("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f"),
            Encoding.ASCII.GetBytes("this is some plaintext to encrypt using SIV-AES"),
            Convert.FromHexString("7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d"),
            0,
            Convert.FromHexString("00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100"),
            Convert.FromHexString("102030405060708090a0"),
            Convert.FromHexString("09f911029d74e35bd84156c5635688c0"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(70000)]
    public void Comes_back_at_every_length_and_refuses_any_changed_bit(int length)
    {
        var random = new Random(length);
        var key = new byte[64];
        random.NextBytes(key);
        var plaintext = new byte[length];
        random.NextBytes(plaintext);
        using var siv = new AesSiv(key);
        var sealedBytes = new byte[length + AesSiv.TagLength];
        siv.Seal(plaintext, sealedBytes, "a"u8.ToArray(), "b"u8.ToArray());
        var opened = new byte[length];
        Assert.True(siv.TryOpen(sealedBytes, opened, "a"u8.ToArray(), "b"u8.ToArray()));
        Assert.Equal(plaintext, opened);
        for (var i = 0; i < 20; i++)
        {
            var bad = sealedBytes.ToArray();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            Array.Fill(opened, (byte)1);
            Assert.False(siv.TryOpen(bad, opened, "a"u8.ToArray(), "b"u8.ToArray()));
            Assert.All(opened, value => Assert.Equal(0, value));
        }

        Assert.False(siv.TryOpen(sealedBytes, opened, "b"u8.ToArray(), "a"u8.ToArray()));
        Assert.False(siv.TryOpen(sealedBytes, opened, "ab"u8.ToArray()));
        Assert.False(siv.TryOpen(sealedBytes, opened));
    }

    [Fact]
    public void Tells_no_associated_data_from_one_that_is_empty()
    {
        using var siv = new AesSiv(new byte[32]);
        byte[] none = new byte[19], empty = new byte[19];
        siv.Seal([1, 2, 3], none);
        siv.Seal([1, 2, 3], empty, Array.Empty<byte>());
        Assert.NotEqual(none, empty);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(65)]
    public void Refuses_a_key_of_another_length(int length) => Assert.Throws<ArgumentException>(() => new AesSiv(new byte[length]));

    [Fact]
    public void Refuses_more_associated_data_than_the_construction_allows_and_a_cut_tag()
    {
        using var siv = new AesSiv(new byte[32]);
        var most = Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[] { 1 }, AesSiv.MaxAssociatedData + 1).ToArray();
        siv.Seal([1], new byte[17], most.AsSpan(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => siv.Seal([1], new byte[17], most));
        Assert.False(siv.TryOpen(new byte[15], []));
        Assert.False(siv.TryOpen([], []));
    }

    static void Judge(bool valid, byte[] key, byte[] plaintext, byte[] sealedBytes, int id, params byte[][] associatedData)
    {
        using var siv = new AesSiv(key);
        ReadOnlyMemory<byte>[] bound = [.. associatedData.Select(data => new ReadOnlyMemory<byte>(data))];
        var opened = new byte[Math.Max(0, sealedBytes.Length - AesSiv.TagLength)];
        Assert.True(siv.TryOpen(sealedBytes, opened, bound) == valid, $"test {id}");
        if (valid)
        {
            Assert.Equal(plaintext, opened);
            var again = new byte[sealedBytes.Length];
            siv.Seal(plaintext, again, bound);
            Assert.Equal(sealedBytes, again);
        }
        else
        {
            Assert.All(opened, value => Assert.Equal(0, value));
        }
    }
}
