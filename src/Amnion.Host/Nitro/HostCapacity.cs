using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Host.Nitro;

/// <summary>What a host can give to an enclave now: pages and processor cores.</summary>
public sealed record HostCapacity
{
    /// <summary>The identifier nitro-cli uses where the instance's is not known.</summary>
    const string UnknownInstance = "i-0000000000000000";

    const string PoolFile = "sys/module/nitro_enclaves/parameters/ne_cpus";
    const long EmulatedPage = 4096;

    /// <summary>Free pages, largest first.</summary>
    public required ImmutableArray<HugePages> Pages { get; init; }

    /// <summary>Cores that enclaves may use: each with all its threads. Which of them running enclaves have is not known here.</summary>
    public required ImmutableArray<ImmutableArray<int>> Cores { get; init; }

    /// <summary>Processors of the pool whose core is not whole in it; no enclave can use them.</summary>
    public ImmutableArray<int> HalfCores { get; init; } = [];

    /// <summary>Threads of one core: 2 with hyperthreading, otherwise 1.</summary>
    public required int ThreadsPerCore { get; init; }

    /// <summary>The pool's NUMA node; null where the system does not say.</summary>
    public int? Node { get; init; }

    /// <summary>True for a host whose pages need not be reserved first (QEMU).</summary>
    public bool IsEmulated { get; init; }

    /// <summary>Bytes of all free pages.</summary>
    public long FreeBytes => Pages.Sum(pages => pages.Bytes);

    /// <summary>Reads an EC2 instance's: the driver's processor pool, and free huge pages of the pool's NUMA node.</summary>
    /// <param name="root">"/", or another folder in a test.</param>
    /// <returns>Null where the driver is not loaded.</returns>
    public static HostCapacity? ReadNitro(string root = "/")
    {
        if (ReadText(root, PoolFile) is not { } text || CpuList.TryParse(text) is not { } pool)
        {
            return null;
        }

        var siblings = CpuList.TryParse(ReadText(root, "sys/devices/system/cpu/cpu0/topology/thread_siblings_list") ?? "0") ?? [0];
        var node = pool.IsEmpty ? OnlyNode(root) : NodeOf(root, pool[0]) ?? OnlyNode(root);
        var cores = pool.GroupBy(cpu => Core(cpu, siblings)).Select(core => core.ToImmutableArray()).ToLookup(core => core.Length == siblings.Length);
        return new HostCapacity
        {
            Pages = FreePages(root, node),
            Cores = [.. cores[true]],
            HalfCores = [.. cores[false].SelectMany(core => core)],
            ThreadsPerCore = siblings.Length,
            Node = node,
        };
    }

    /// <summary>Reads any Linux machine's, for QEMU: available memory, and as many processors as the process may use.</summary>
    /// <param name="root">"/", or another folder in a test.</param>
    public static HostCapacity ReadEmulated(string root = "/")
    {
        var available = (ReadText(root, "proc/meminfo") ?? "").Split('\n').FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var kibibytes = available is [_, var number, ..] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? Math.Min(parsed, long.MaxValue / 1024) : 0;
        return new HostCapacity
        {
            Pages = [new HugePages(EmulatedPage, kibibytes * 1024 / EmulatedPage)],
            Cores = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(cpu => ImmutableArray.Create(cpu))],
            ThreadsPerCore = 1,
            IsEmulated = true,
        };
    }

    /// <summary>The parent instance's identifier, "i-…", from its firmware tables as nitro-cli reads it; zeros where it is not there.</summary>
    /// <param name="root">"/", or another folder in a test.</param>
    public static string InstanceId(string root)
    {
        var text = ReadText(root, "sys/devices/virtual/dmi/id/board_asset_tag")?.Trim();
        return text is { Length: > 2 and <= 32 } && text.StartsWith("i-", StringComparison.Ordinal) && text[2..].All(char.IsAsciiHexDigitLower) ? text : UnknownInstance;
    }

    // An offline processor has no topology of its own, and the pool's are offline: what holds for processor 0 holds for all. Siblings
    // are neighbours, or half of all processors apart.
    static int Core(int cpu, ImmutableArray<int> siblings) => siblings.Length == 1 ? cpu : siblings[1] == siblings[0] + 1 ? cpu / siblings.Length : cpu % siblings[1];

    static ImmutableArray<HugePages> FreePages(string root, int? node)
    {
        var folder = node is { } known ? string.Create(CultureInfo.InvariantCulture, $"sys/devices/system/node/node{known}/hugepages") : "sys/kernel/mm/hugepages";
        return
        [
            .. HugePageChoice.Sizes.Select(size => new HugePages(size, long.TryParse(
                ReadText(root, string.Create(CultureInfo.InvariantCulture, $"{folder}/hugepages-{size >> 10}kB/free_hugepages"))?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var free) && free <= long.MaxValue / size ? free : 0)),
        ];
    }

    static int? NodeOf(string root, int cpu) => NumberedFolder(Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"sys/devices/system/cpu/cpu{cpu}")));

    static int? OnlyNode(string root) => NumberedFolder(Path.Combine(root, "sys/devices/system/node"));

    // The number of the one entry "nodeN"; null where there is none or more than one.
    static int? NumberedFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        var nodes = Directory.EnumerateFileSystemEntries(folder, "node*").Select(Path.GetFileName)
            .Where(name => int.TryParse(name.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out _)).Take(2).ToList();
        return nodes is [{ } only] ? int.Parse(only.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture) : null;
    }

    static string? ReadText(string root, string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
