using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amnion.Inference.Linux;

namespace Amnion.Inference.Tests;

public sealed unsafe class WeightsMemoryTests
{
    const int EPERM = 1;

    [Fact]
    public void Windows_are_filled_by_several_threads_and_the_sealed_file_has_all_of_it()
    {
        var content = RandomNumberGenerator.GetBytes((3 * 65536) + 17);
        using var weights = WeightsMemory.Create(content.Length);

        Parallel.For(0, 4, i =>
        {
            var length = Math.Min(65536, content.Length - (i * 65536));
            content.AsSpan(i * 65536, length).CopyTo(weights.Window(i * 65536L, length));
        });
        weights.Seal();

        using var reader = weights.OpenForWorker();
        var mapped = Libc.Map(0, (nuint)content.Length, Libc.PROT_READ, Libc.MAP_SHARED, reader.Value, 0);
        Assert.NotEqual(-1, mapped);
        Assert.True(new ReadOnlySpan<byte>((void*)mapped, content.Length).SequenceEqual(content));
        _ = Libc.Unmap(mapped, (nuint)content.Length);
    }

    [Fact]
    public void What_is_written_stands_in_the_windows()
    {
        var content = RandomNumberGenerator.GetBytes(10_000);
        using var weights = WeightsMemory.Create(content.Length);

        weights.Write(5_000, content.AsSpan(5_000));
        weights.Write(0, content.AsSpan(0, 5_000));

        Assert.True(weights.Window(0, content.Length).SequenceEqual(content));
    }

    [Fact]
    public void How_far_was_written_is_known_in_whatever_order()
    {
        using var weights = WeightsMemory.Create(1L << 40);
        Assert.Equal(0, weights.Written);

        weights.Write(4096, [1, 2, 3]);
        weights.Write(0, [1]);

        Assert.Equal(4099, weights.Written);
    }

    [Fact]
    public void Closed_weights_are_not_written_into_whatever_has_their_number_now()
    {
        var weights = WeightsMemory.Create(16);
        weights.Dispose();

        Assert.Throws<ObjectDisposedException>(() => weights.Write(0, [1]));
    }

    [Fact]
    public void Nothing_can_change_sealed_weights()
    {
        using var weights = TestEngine.Seal(new byte[8192]);
        var descriptor = (int)weights.Handle.DangerousGetHandle();
        byte value = 1;

        Assert.True(weights.IsSealed);
        Assert.Throws<InvalidOperationException>(() => weights.Window(0, 1).Length);
        Assert.Throws<IOException>(() => weights.Write(0, [1]));
        Refused(Libc.Write(descriptor, &value, 1));
        Refused(Libc.Map(0, 4096, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, descriptor, 0));
        Refused(Libc.Truncate(descriptor, 0));
        Refused(Libc.Truncate(descriptor, 16384));
        Refused(Libc.Control(descriptor, Libc.F_ADD_SEALS, 16));
    }

    [Fact]
    public void A_worker_gets_a_descriptor_that_cannot_write_and_has_its_own_position()
    {
        using var weights = TestEngine.Seal([1, 2, 3, 4]);

        using var first = weights.OpenForWorker();
        using var second = weights.OpenForWorker();

        Assert.NotEqual(first.Value, second.Value);
        Assert.True(WeightsMemory.HasSeals(first.Value));
        using var stream = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(first.Value, ownsHandle: false), FileAccess.Read, 1);
        Assert.Equal(1, stream.ReadByte());
        using var other = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(second.Value, ownsHandle: false), FileAccess.Read, 1);
        Assert.Equal(1, other.ReadByte());
    }

    [Fact]
    public void Unsealed_weights_are_given_to_no_worker()
    {
        using var weights = WeightsMemory.Create(16);

        Assert.Equal(InferenceCodes.WeightsNotSealed, Assert.Throws<InferenceException>(weights.OpenForWorker).Code);
        Assert.False(WeightsMemory.HasSeals((int)weights.Handle.DangerousGetHandle()));
    }

    [Theory]
    [InlineData(-1L, 1)]
    [InlineData(0L, -1)]
    [InlineData(10L, 7)]
    [InlineData(long.MaxValue, 1)]
    public void Windows_outside_the_file_are_refused(long offset, int length)
    {
        using var weights = WeightsMemory.Create(16);

        Assert.Throws<ArgumentOutOfRangeException>(() => weights.Window(offset, length).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => weights.Write(length < 0 ? offset - 1 : offset, new byte[Math.Max(length, 1)]));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(WeightsMemory.MaxLength + 1)]
    public void Lengths_outside_the_limits_are_refused(long length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightsMemory.Create(length));

    static void Refused(nint result)
    {
        Assert.Equal(-1, result);
        Assert.Equal(EPERM, Marshal.GetLastPInvokeError());
    }
}
