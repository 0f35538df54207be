using System.Runtime.InteropServices;
using Amnion.Host.Nitro;

namespace Amnion.Host.Tests.Nitro;

/// <summary>The real calls, as far as they can be made on a machine without enclaves.</summary>
public sealed class LinuxNitroDriverTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly LinuxNitroDriver _driver = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Without_the_device_opening_says_so()
    {
        if (File.Exists(NitroIoctl.Device))
        {
            Assert.Skip("this machine has the driver");
        }

        Assert.Equal(-2, _driver.Open());
    }

    [Fact]
    public void A_file_that_takes_no_command_refuses_it()
    {
        using var file = File.OpenHandle("/dev/null");
        var argument = new byte[NitroIoctl.SlotLength];
        Assert.Equal(-25, _driver.Ioctl((int)file.DangerousGetHandle(), NitroIoctl.CreateVm, argument));
    }

    [Fact]
    public void A_file_is_read_straight_into_memory_and_an_address_that_is_nobodys_is_an_error()
    {
        var path = _directory.Combine("image");
        File.WriteAllBytes(path, [1, 2, 3, 4, 5]);
        using var file = File.OpenHandle(path);
        var memory = new byte[8];
        var pinned = GCHandle.Alloc(memory, GCHandleType.Pinned);
        try
        {
            Assert.Equal(3, _driver.Read(file, 2, pinned.AddrOfPinnedObject(), 8));
            Assert.Equal([3, 4, 5, 0, 0, 0, 0, 0], memory);
            Assert.Equal(0, _driver.Read(file, 5, pinned.AddrOfPinnedObject(), 8));
        }
        finally
        {
            pinned.Free();
        }

        Assert.Equal(-14, _driver.Read(file, 0, 4096, 5));
    }

    [Fact]
    public void A_huge_page_is_had_or_refused_never_half()
    {
        var address = _driver.MapHugePage(2 << 20);
        if (address < 0)
        {
            Assert.Contains(address, (long[])[-12, -22]);
            return;
        }

        Assert.Equal(0, address % (2 << 20));
        Assert.Equal(0, _driver.Unmap(address, 2 << 20));
    }

    [Fact]
    public void Memory_is_bound_to_a_node_or_the_kernel_says_why_not()
    {
        Assert.Equal(-22, _driver.Bind(0, 4096, 64));
        Assert.Equal(-22, _driver.Bind(0, 4096, -1));
        Assert.InRange(_driver.Bind(4096, 4096, 0), -38, -1);
    }

    [Fact]
    public void The_end_of_a_descriptors_other_side_is_seen()
    {
        using var read = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In);
        var descriptor = (int)read.SafePipeHandle.DangerousGetHandle();
        Assert.Equal(0, _driver.Poll(descriptor, 0));
        read.DisposeLocalCopyOfClientHandle();
        Assert.NotEqual(0, _driver.Poll(descriptor, 0) & NitroIoctl.PollHangUp);
    }

    [Fact]
    public void A_descriptor_is_closed_once()
    {
        using var file = File.OpenHandle("/dev/null");
        var descriptor = (int)file.DangerousGetHandle();
        file.SetHandleAsInvalid();
        Assert.Equal(0, _driver.Close(descriptor));
    }

    [Fact]
    public void An_address_that_is_no_pages_is_not_unmapped() => Assert.Equal(-22, _driver.Unmap(1, 1));
}
