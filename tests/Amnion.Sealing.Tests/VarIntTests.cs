namespace Amnion.Sealing.Tests;

public sealed class VarIntTests
{
    /// <summary>The examples of RFC 9000, appendix A.1.</summary>
    [Theory]
    [InlineData("c2197c5eff14e88c", 151288809941952652)]
    [InlineData("9d7f3e7d", 494878333)]
    [InlineData("7bbd", 15293)]
    [InlineData("25", 37)]
    public void Published_examples_are_read_and_written(string hex, ulong value)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.True(VarInt.TryRead(bytes, out var read, out var length));
        Assert.Equal((value, bytes.Length), (read, length));
        var written = new byte[VarInt.MaxLength];
        Assert.Equal(bytes.Length, VarInt.Write(written, value));
        Assert.Equal(bytes, written.AsSpan(0, bytes.Length));
        Assert.False(VarInt.TryRead(bytes.AsSpan(0, bytes.Length - 1), out _, out _));
    }

    [Fact]
    public void Longer_forms_are_read_and_values_beyond_62_bits_not_written()
    {
        Assert.True(VarInt.TryRead([0x40, 0x25], out var value, out var length));
        Assert.Equal((37UL, 2), (value, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => VarInt.LengthOf(1UL << 62));
    }
}
