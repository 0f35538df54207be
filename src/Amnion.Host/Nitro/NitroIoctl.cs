using Amnion.Records.Vsock;

namespace Amnion.Host.Nitro;

/// <summary>The driver's interface: Linux, include/uapi/linux/nitro_enclaves.h. Every structure is made of little-endian integers of the machine.</summary>
static class NitroIoctl
{
    /// <summary>The driver's device.</summary>
    public const string Device = "/dev/nitro_enclaves";

    /// <summary>u64 out: the slot's number; the result is the enclave's descriptor.</summary>
    public const uint CreateVm = Readable | (SlotLength << SizeShift) | Magic | 0x20;

    /// <summary>u32 in and out: the processor's number, 0 for any of the pool.</summary>
    public const uint AddVcpu = Readable | Writable | (VcpuLength << SizeShift) | Magic | 0x21;

    /// <summary>u64 flags in, u64 memory_offset out.</summary>
    public const uint GetImageLoadInfo = Readable | Writable | (ImageLoadInfoLength << SizeShift) | Magic | 0x22;

    /// <summary>u64 flags, u64 memory_size, u64 userspace_addr; all in.</summary>
    public const uint SetUserMemoryRegion = Writable | (MemoryRegionLength << SizeShift) | Magic | 0x23;

    /// <summary>u64 flags in, u64 enclave_cid in and out.</summary>
    public const uint StartEnclave = Readable | Writable | (StartInfoLength << SizeShift) | Magic | 0x24;

    /// <summary>Bytes of each command's argument.</summary>
    public const int SlotLength = 8, VcpuLength = 4, ImageLoadInfoLength = 16, MemoryRegionLength = 24, StartInfoLength = 16;

    /// <summary>NE_EIF_IMAGE.</summary>
    public const ulong EifImage = 1;

    /// <summary>NE_DEFAULT_MEMORY_REGION.</summary>
    public const ulong DefaultMemoryRegion = 0;

    /// <summary>NE_ENCLAVE_PRODUCTION_MODE and NE_ENCLAVE_DEBUG_MODE.</summary>
    public const ulong ProductionMode = 0, DebugMode = 1;

    /// <summary>Smallest region and smallest enclave that the driver takes, bytes (NE_MIN_MEM_REGION_SIZE, NE_MIN_ENCLAVE_MEM_SIZE).</summary>
    public const long SmallestRegion = 2 << 20, SmallestEnclave = 64 << 20;

    /// <summary>Where today's driver places an image; what it answers is what counts (NE_EIF_LOAD_OFFSET).</summary>
    public const long ImageOffset = 8 << 20;

    /// <summary>The parent instance's own context identifier, which no enclave may have (NE_PARENT_VM_CID).</summary>
    public const uint ParentCid = VsockAddress.Parent;

    /// <summary>The hypervisor's context identifier: consoles of debug enclaves are there.</summary>
    public const uint HypervisorCid = 0;

    /// <summary>A debug enclave's console listens on this port plus its context identifier.</summary>
    public const uint ConsolePort = 10_000;

    /// <summary>poll(2): the enclave ended.</summary>
    public const int PollHangUp = 0x10;

    const uint Magic = 0xAE << 8;
    const int SizeShift = 16;
    const uint Writable = 1u << 30;
    const uint Readable = 2u << 30;
}
