using System.Runtime.InteropServices;
using System.Text.Json;

namespace Amnion.Sealing.Tests;

public sealed class SecretBytesTests
{
    [Fact]
    public void Holds_a_copy_of_the_bytes()
    {
        byte[] source = [1, 2, 3];
        using var secret = SecretBytes.CopyOf(source);
        source[0] = 9;
        Assert.Equal(3, secret.Length);
        Assert.Equal([1, 2, 3], secret.Reveal(SecretAccess.Comparison).ToArray());
    }

    [Fact]
    public void Random_secrets_differ()
    {
        using var one = SecretBytes.Random(32);
        using var two = SecretBytes.Random(32);
        Assert.NotEqual(one.Reveal(SecretAccess.Comparison).ToArray(), two.Reveal(SecretAccess.Comparison).ToArray());
    }

    [Fact]
    public unsafe void Disposal_zeroes_the_memory_and_refuses_reading()
    {
        var secret = SecretBytes.CopyOf("correct horse battery"u8);
        // The array is pinned, so its address stays good after disposal.
        var address = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(secret.Reveal(SecretAccess.Comparison)));
        var length = secret.Length;
        secret.Dispose();
        Assert.Equal(new byte[length], new ReadOnlySpan<byte>(address, length).ToArray());
        GC.KeepAlive(secret);
        Assert.Throws<ObjectDisposedException>(() => secret.Reveal(SecretAccess.Cipher).Length);
    }

    [Theory]
    [InlineData(SecretAccess.None)]
    [InlineData((SecretAccess)(-1))]
    [InlineData((SecretAccess)6)]
    public void Reading_needs_a_named_reason(SecretAccess access)
    {
        using var secret = SecretBytes.Random(16);
        Assert.Throws<ArgumentOutOfRangeException>(() => secret.Reveal(access).Length);
    }

    [Fact]
    public void Has_no_text_and_no_serialised_content()
    {
        using var secret = SecretBytes.CopyOf("hunter2hunter2"u8);
        Assert.Equal("SecretBytes", secret.ToString());
        Assert.Equal("""{"Length":14}""", JsonSerializer.Serialize(secret));
    }

    [Fact]
    public void A_filling_that_throws_passes_its_exception_on() =>
        Assert.Throws<InvalidOperationException>(() => SecretBytes.Create(4, 0, (to, _) => throw new InvalidOperationException()));

    [Fact]
    public void Lengths_are_bounded()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SecretBytes.Random(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SecretBytes.Random(SecretBytes.MaxLength + 1));
        using var empty = SecretBytes.CopyOf([]);
        Assert.Equal(0, empty.Length);
    }
}
