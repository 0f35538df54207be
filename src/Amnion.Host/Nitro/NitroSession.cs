using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Amnion.Host.Nitro;

/// <summary>
/// What one enclave holds of the machine: its descriptor, its huge pages, the port of its heartbeat. The calls come in AWS's own order
/// (nitro-cli, resource_manager.rs). Disposing gives everything back, at whatever step a start ended: first the descriptor, which ends the
/// enclave and lets go of its pages, then the pages.
/// </summary>
sealed class NitroSession(INitroDriver driver) : IDisposable
{
    /// <summary>Bytes of the image read at a time; pread returns less than 2 GiB.</summary>
    const int Piece = 64 << 20;

    List<HugePage> _pages = [];
    readonly List<int> _cpus = [];
    int _enclave = -1;
    INitroListener? _heartbeat;

    /// <summary>The slot's number.</summary>
    public ulong Slot { get; private set; }

    /// <summary>The enclave's context identifier.</summary>
    public uint Cid { get; private set; }

    /// <summary>The enclave's processors, in the order they were given.</summary>
    public ImmutableArray<int> Cpus => [.. _cpus];

    /// <summary>Bytes of the enclave's memory: whole huge pages.</summary>
    public long MemoryBytes => _pages.Sum(page => page.Bytes);

    /// <summary>The heartbeat's listener; null before <see cref="Start"/> and after <see cref="CloseHeartbeat"/>.</summary>
    public INitroListener? Heartbeat => _heartbeat;

    /// <summary>Every step up to the start. On failure nothing is given back yet: dispose.</summary>
    /// <param name="image">The open image.</param>
    /// <param name="imageBytes">Its length.</param>
    /// <param name="options">What was asked for.</param>
    /// <exception cref="NitroException">A step failed.</exception>
    public void Start(SafeFileHandle image, long imageBytes, NitroPlatformOptions options)
    {
        CreateVm();
        var offset = ImageOffset(imageBytes, options.MemoryBytes);
        Allocate(options.MemoryBytes, options.Node);
        Copy(image, imageBytes, offset);
        foreach (var page in _pages)
        {
            SetMemory(page);
        }

        foreach (var cpu in options.CpuIds.IsDefaultOrEmpty ? Enumerable.Repeat(0, options.Cpus) : options.CpuIds)
        {
            AddCpu(cpu);
        }

        Listen();
        StartEnclave(options);
    }

    /// <summary>Waits for the enclave's end.</summary>
    /// <returns>True where it ended; false where the time passed.</returns>
    public bool HasEnded(TimeSpan limit)
    {
        const int Interrupted = -4;
        var events = driver.Poll(_enclave, (int)limit.TotalMilliseconds);

        // A descriptor that cannot be polled is none any more.
        return events > 0 || events is < 0 and not Interrupted;
    }

    /// <summary>Stops listening: the next enclave may start.</summary>
    public void CloseHeartbeat()
    {
        _heartbeat?.Dispose();
        _heartbeat = null;
    }

    /// <summary>Ends the enclave and gives everything back.</summary>
    public void Dispose()
    {
        CloseHeartbeat();
        if (_enclave >= 0)
        {
            _ = driver.Close(_enclave);
            _enclave = -1;
        }

        foreach (var page in _pages)
        {
            _ = driver.Unmap(page.Address, page.Bytes);
        }

        _pages.Clear();
        _cpus.Clear();
    }

    static void Check(NitroStep step, long result, string subject = "")
    {
        if (result < 0)
        {
            throw NitroErrors.Of(step, result, subject);
        }
    }

    void CreateVm()
    {
        var device = driver.Open();
        Check(NitroStep.Open, device);
        try
        {
            Span<byte> slot = stackalloc byte[NitroIoctl.SlotLength];
            slot.Clear();
            var enclave = driver.Ioctl(device, NitroIoctl.CreateVm, slot);
            Check(NitroStep.CreateVm, enclave);
            _enclave = enclave;
            Slot = BinaryPrimitives.ReadUInt64LittleEndian(slot);
        }
        finally
        {
            // The slot belongs to the enclave's own descriptor.
            _ = driver.Close(device);
        }
    }

    long ImageOffset(long imageBytes, long memoryBytes)
    {
        Span<byte> info = stackalloc byte[NitroIoctl.ImageLoadInfoLength];
        info.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(info, NitroIoctl.EifImage);
        Check(NitroStep.ImageInfo, driver.Ioctl(_enclave, NitroIoctl.GetImageLoadInfo, info));
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(info[8..]);
        return offset <= (ulong)memoryBytes && imageBytes <= memoryBytes - (long)offset
            ? (long)offset
            : throw new EnclaveResourcesException(
                string.Create(CultureInfo.InvariantCulture, $"The image does not fit: {imageBytes} bytes from offset {offset} on, in {memoryBytes} bytes of memory."),
                "raise --memory");
    }

    void Allocate(long bytes, int? node)
    {
        var lastError = 0L;
        _ = HugePageChoice.Take(
            bytes,
            size =>
            {
                var address = driver.MapHugePage(size);
                if (address < 0)
                {
                    lastError = address;
                    return null;
                }

                var page = new HugePage(address, size);
                _pages.Add(page);
                if (node is { } wanted)
                {
                    // Where this is not allowed, as in some containers, the driver still refuses pages of another node.
                    _ = driver.Bind(address, size, wanted);
                }

                return page;
            },
            page =>
            {
                _ = driver.Unmap(page.Address, page.Bytes);
                _ = _pages.Remove(page);
            },
            out var missing);
        if (missing > 0)
        {
            throw NitroErrors.Of(NitroStep.Allocate, lastError, string.Create(CultureInfo.InvariantCulture, $"{missing >> 20} of {bytes >> 20} MiB are missing"));
        }

        _pages = HugePageChoice.LargestFirst(_pages);
    }

    // The enclave sees its regions one after the other, in the order they are given.
    void Copy(SafeFileHandle image, long imageBytes, long offset)
    {
        long start = 0;
        foreach (var page in _pages)
        {
            for (var at = Math.Max(start, offset); at < start + page.Bytes && at < offset + imageBytes;)
            {
                var length = (int)Math.Min(Piece, Math.Min(start + page.Bytes, offset + imageBytes) - at);
                var read = driver.Read(image, at - offset, page.Address + (at - start), length);
                Check(NitroStep.Copy, read);
                if (read == 0)
                {
                    throw new NitroException(HostCodes.NitroImageUnreadable, string.Create(CultureInfo.InvariantCulture, $"The image ended at byte {at - offset} of {imageBytes}: it was changed while it was read."), "write images under another name and rename them");
                }

                at += read;
            }

            start += page.Bytes;
        }
    }

    void SetMemory(HugePage page)
    {
        Span<byte> region = stackalloc byte[NitroIoctl.MemoryRegionLength];
        BinaryPrimitives.WriteUInt64LittleEndian(region, NitroIoctl.DefaultMemoryRegion);
        BinaryPrimitives.WriteInt64LittleEndian(region[8..], page.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(region[16..], page.Address);
        Check(NitroStep.SetMemory, driver.Ioctl(_enclave, NitroIoctl.SetUserMemoryRegion, region), string.Create(CultureInfo.InvariantCulture, $"a page of {page.Bytes >> 20} MiB"));
    }

    void AddCpu(int cpu)
    {
        Span<byte> id = stackalloc byte[NitroIoctl.VcpuLength];
        BinaryPrimitives.WriteInt32LittleEndian(id, cpu);
        Check(NitroStep.AddCpu, driver.Ioctl(_enclave, NitroIoctl.AddVcpu, id), cpu == 0 ? "any of the pool" : string.Create(CultureInfo.InvariantCulture, $"processor {cpu}"));
        _cpus.Add(BinaryPrimitives.ReadInt32LittleEndian(id));
    }

    void Listen()
    {
        try
        {
            _heartbeat = driver.Listen(NitroHeartbeat.Port);
        }
        catch (IOException e)
        {
            throw new NitroException(HostCodes.NitroHeartbeatPort, string.Create(CultureInfo.InvariantCulture, $"vsock port {NitroHeartbeat.Port}, on which enclaves say that they started, cannot be listened on: {e.Message}"), "another enclave is starting, or nitro-cli's service listens: try again in a moment; load the driver with modprobe vhost_vsock if vsock is missing", 0, e);
        }
    }

    void StartEnclave(NitroPlatformOptions options)
    {
        Span<byte> info = stackalloc byte[NitroIoctl.StartInfoLength];
        BinaryPrimitives.WriteUInt64LittleEndian(info, options.DangerousDebugMode ? NitroIoctl.DebugMode : NitroIoctl.ProductionMode);
        BinaryPrimitives.WriteUInt64LittleEndian(info[8..], options.Cid);
        Check(NitroStep.Start, driver.Ioctl(_enclave, NitroIoctl.StartEnclave, info));
        var cid = BinaryPrimitives.ReadUInt64LittleEndian(info[8..]);
        Cid = cid is > NitroIoctl.ParentCid and < uint.MaxValue
            ? (uint)cid
            : throw new NitroException(HostCodes.NitroRefused, string.Create(CultureInfo.InvariantCulture, $"The driver answered with context identifier {cid}, which no enclave has."), "dmesg | grep nitro_enclaves has the driver's own message; report it with that");
    }
}
