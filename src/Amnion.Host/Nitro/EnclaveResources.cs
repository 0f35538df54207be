using System.Collections.Immutable;
using System.Globalization;
using Amnion.Attestation;

namespace Amnion.Host.Nitro;

/// <summary>
/// How much memory and how many processors an enclave gets, with the reasons. Where they cannot fit it is refused with the arithmetic, before
/// anything is started: an enclave with too little memory ends without a word.
/// </summary>
public sealed record EnclaveResources
{
    /// <summary>Bytes that memory is a multiple of: the smallest huge page.</summary>
    public const long Unit = NitroIoctl.SmallestRegion;

    /// <summary>nitro-cli runs no image in less than this many times its size (ENCLAVE_MEMORY_EIF_SIZE_RATIO).</summary>
    public const int ImageFactor = 4;

    /// <summary>Processors where none are asked for: one core with hyperthreading.</summary>
    public const int DefaultCpus = 2;

    const long Mebibyte = 1 << 20;

    // docs/performance.md: 150 MB beside weights and cache, the target is 200.
    const long ProgramBytes = 200 * Mebibyte;

    // /tmp and /run of the image, each bounded by its mount.
    const long ScratchBytes = 32 * Mebibyte;

    const long KernelBytes = 32 * Mebibyte;

    // struct page is 64 bytes for each 4096; as much again for page tables and caches.
    const int KernelShare = 32;

    // llama.cpp computes at most this many tokens at once (WorkerOptions.BatchTokens).
    const int BatchTokens = 256;

    // Most cells of a key-value cache (WorkerOptions.MaxContextTokens).
    const long MostCells = 1 << 20;

    EnclaveResources()
    {
    }

    /// <summary>Where the memory goes.</summary>
    public required ImmutableArray<EnclaveMemoryPart> Parts { get; init; }

    /// <summary>Least memory, bytes, a multiple of 2 MiB.</summary>
    public required long NeededBytes { get; init; }

    /// <summary>Memory it gets, bytes: what was asked for or what is needed, made up of whole pages.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The pages that make it up; empty where the host's are not known.</summary>
    public required ImmutableArray<HugePages> Pages { get; init; }

    /// <summary>Number of processors.</summary>
    public required int Cpus { get; init; }

    /// <summary>Exactly these; empty for any of the pool.</summary>
    public required ImmutableArray<int> CpuIds { get; init; }

    /// <summary>Works out what an enclave needs and gets.</summary>
    /// <param name="request">What it is to run.</param>
    /// <param name="host">What the host can give; null where that is not known, as in a plan for another machine.</param>
    /// <exception cref="EnclaveResourcesException">It does not fit.</exception>
    public static EnclaveResources Compute(EnclaveResourceRequest request, HostCapacity? host)
    {
        ArgumentNullException.ThrowIfNull(request);
        var parts = Divide(request);
        var needed = Needed(request, parts);
        var memory = needed;
        if (request.MemoryMebibytes is { } asked)
        {
            memory = asked is > 0 and <= long.MaxValue / Mebibyte / 2 ? RoundUp(asked * Mebibyte) : throw new EnclaveResourcesException($"--memory {asked} is no number of MiB that an enclave can have.", "leave --memory out to get what is needed");
            if (memory < needed)
            {
                throw new EnclaveResourcesException($"--memory {asked} is less than the {Mib(needed)} MiB that the enclave needs: {Sum(request, parts)}.", $"give --memory {Mib(needed)} or more, or leave it out");
            }
        }

        var pages = host is null ? [] : FromHost(request, parts, memory, host);
        return new EnclaveResources
        {
            Parts = parts,
            NeededBytes = needed,
            MemoryBytes = host is null or { IsEmulated: true } ? memory : pages.Sum(page => page.Bytes),
            Pages = host is { IsEmulated: true } ? [] : pages,
            Cpus = Processors(request, host),
            CpuIds = request.CpuIds,
        };
    }

    /// <summary>One line for each part, then the sum.</summary>
    public ImmutableArray<string> Explain()
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        lines.AddRange(Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{Mib(part.Bytes),7} MiB  {part.Name}: {part.Reason}")));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Mib(NeededBytes),7} MiB  needed"));
        if (MemoryBytes != NeededBytes || !Pages.IsEmpty)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Mib(MemoryBytes),7} MiB  given{(Pages.IsEmpty ? "" : ": " + string.Join(" and ", Pages.Select(pages => $"{pages.Count} pages of {Mib(pages.PageBytes)} MiB")))}"));
        }

        return lines.ToImmutable();
    }

    static ImmutableArray<EnclaveMemoryPart> Divide(EnclaveResourceRequest request)
    {
        var parts = ImmutableArray.CreateBuilder<EnclaveMemoryPart>();
        parts.Add(new("image", checked(request.ImageBytes + NitroIoctl.ImageOffset), "the file as loaded, from 8 MiB on; counted as never given back"));
        parts.Add(new("root file system", request.RamdiskBytes, "the ramdisks unpacked into memory"));
        parts.Add(new("program", ProgramBytes, "enclave and one worker without weights and cache"));
        parts.Add(new("scratch", ScratchBytes, "/tmp and /run when full"));
        if (request.ModelBytes > 0)
        {
            parts.Add(new("weights", request.ModelBytes, "the model's files, opened once and shared"));
        }

        if (request.Model is { } model)
        {
            var cells = Math.Min(checked((long)request.Context * request.Slots), MostCells);
            parts.Add(new("key-value cache", checked(model.BytesPerToken * cells), string.Create(CultureInfo.InvariantCulture, $"{model.BytesPerToken} bytes for each of {cells} tokens: {request.Slots} sequences of {request.Context}")));
            parts.Add(new("logits", checked(4L * model.Vocabulary * Math.Min(BatchTokens, request.Slots)), string.Create(CultureInfo.InvariantCulture, $"4 bytes for each of {model.Vocabulary} tokens of the vocabulary and each sequence")));
        }

        var rest = parts.Sum(part => part.Bytes);
        parts.Add(new("kernel", KernelBytes + (rest / (KernelShare - 1)), "32 MiB, and 1/32 of all memory for its tables"));
        return parts.ToImmutable();
    }

    static long Needed(EnclaveResourceRequest request, ImmutableArray<EnclaveMemoryPart> parts)
    {
        var sum = Math.Max(NitroIoctl.SmallestEnclave, parts.Sum(part => part.Bytes));
        return RoundUp(request.Platform == AttestationPlatform.Nitro ? Math.Max(sum, checked(ImageFactor * request.ImageBytes)) : sum);
    }

    static string Sum(EnclaveResourceRequest request, ImmutableArray<EnclaveMemoryPart> parts)
    {
        var sum = string.Join(" + ", parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} {Mib(part.Bytes)}"))) + string.Create(CultureInfo.InvariantCulture, $" = {Mib(parts.Sum(part => part.Bytes))} MiB");
        return request.Platform == AttestationPlatform.Nitro ? string.Create(CultureInfo.InvariantCulture, $"{sum}, and at least {ImageFactor} times the image of {Mib(request.ImageBytes)} MiB") : sum;
    }

    static ImmutableArray<HugePages> FromHost(EnclaveResourceRequest request, ImmutableArray<EnclaveMemoryPart> parts, long memory, HostCapacity host)
    {
        if (host.IsEmulated)
        {
            return memory <= host.FreeBytes
                ? []
                : throw new EnclaveResourcesException($"The enclave gets {Mib(memory)} MiB, and the machine has {Mib(host.FreeBytes)} MiB of memory available: {Sum(request, parts)}.", "stop other programs, or run a smaller model or context");
        }

        var free = host.Pages.ToDictionary(pages => pages.PageBytes, pages => pages.Count);
        var taken = HugePageChoice.Take(
            memory,
            size =>
            {
                if (free.GetValueOrDefault(size) == 0)
                {
                    return null;
                }

                free[size]--;
                return new HugePage(0, size);
            },
            page => free[page.Bytes]++,
            out var missing);
        if (missing > 0)
        {
            var has = string.Join(" and ", host.Pages.Select(pages => string.Create(CultureInfo.InvariantCulture, $"{pages.Count} of {Mib(pages.PageBytes)} MiB")));
            throw new EnclaveResourcesException(
                $"The enclave gets {Mib(memory)} MiB, and free huge pages make up {Mib(host.FreeBytes)} MiB ({has}{(host.Node is { } node ? string.Create(CultureInfo.InvariantCulture, $", on node {node}") : "")}): {Sum(request, parts)}.",
                $"set memory_mib: {Mib(memory)} in /etc/nitro_enclaves/allocator.yaml and run systemctl restart nitro-enclaves-allocator");
        }

        return [.. taken.GroupBy(page => page.Bytes).Select(group => new HugePages(group.Key, group.Count()))];
    }

    static int Processors(EnclaveResourceRequest request, HostCapacity? host)
    {
        var named = !request.CpuIds.IsDefaultOrEmpty;
        if (named && request.Cpus is { } both && both != request.CpuIds.Length)
        {
            throw new EnclaveResourcesException($"--cpus {both} and --cpu-ids name {request.CpuIds.Length} processors: they contradict each other.", "give one of the two");
        }

        var threads = host?.ThreadsPerCore ?? 1;
        var count = named ? request.CpuIds.Length : request.Cpus ?? RoundUp(Math.Min(DefaultCpus, host is null ? DefaultCpus : Math.Max(1, host.Cores.Sum(core => core.Length))), threads);
        if (count < 1)
        {
            throw new EnclaveResourcesException($"--cpus {count} is no number of processors.", "give 2 or more");
        }

        if (host is null)
        {
            return count;
        }

        if (count % threads != 0)
        {
            throw new EnclaveResourcesException($"{count} processors are no whole cores: a core of this machine has {threads} threads, and an enclave gets both or none.", $"give --cpus {RoundUp(count, threads)}");
        }

        if (named)
        {
            CheckNamed(request, host);
            return count;
        }

        var free = host.Cores.Where(core => !core.Any(request.CpusInUse.Contains)).Sum(core => core.Length);
        return count <= free
            ? count
            : throw new EnclaveResourcesException(
                string.Create(CultureInfo.InvariantCulture, $"{count} processors were asked for, and {(host.IsEmulated ? "the machine has" : "the enclaves' pool has free")} {free}{InUse(request, host)}."),
                host.IsEmulated ? $"give --cpus {free}" : $"set cpu_count: {count + host.Cores.Sum(core => core.Length) - free} in /etc/nitro_enclaves/allocator.yaml and run systemctl restart nitro-enclaves-allocator while no enclave runs");
    }

    static string InUse(EnclaveResourceRequest request, HostCapacity host) =>
        host.Cores.Count(core => core.Any(request.CpusInUse.Contains)) is > 0 and var cores ? string.Create(CultureInfo.InvariantCulture, $" (running enclaves have {cores} of its {host.Cores.Length} cores)") : "";

    static void CheckNamed(EnclaveResourceRequest request, HostCapacity host)
    {
        var ids = request.CpuIds;
        if (ids.Distinct().Count() != ids.Length)
        {
            throw new EnclaveResourcesException("--cpu-ids names a processor twice.", "name each once");
        }

        var pool = host.Cores.SelectMany(core => core).ToHashSet();
        if (ids.Where(id => !pool.Contains(id)).ToList() is { Count: > 0 } strangers)
        {
            throw new EnclaveResourcesException($"Processors {List(strangers)} are not in the enclaves' pool as whole cores; it has {List(pool.Order())}.", "choose from the pool, or change cpu_pool in /etc/nitro_enclaves/allocator.yaml");
        }

        if (ids.Where(request.CpusInUse.Contains).ToList() is { Count: > 0 } taken)
        {
            throw new EnclaveResourcesException($"Processors {List(taken)} belong to a running enclave.", "amnion enclave list shows who has them");
        }

        if (host.Cores.FirstOrDefault(core => core.Any(ids.Contains) && !core.All(ids.Contains)) is { IsDefault: false } half)
        {
            throw new EnclaveResourcesException($"Processors {List(half)} are the threads of one core, and an enclave gets both or none.", "name both, or neither");
        }
    }

    static string List(IEnumerable<int> numbers) => string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    static long RoundUp(long bytes) => checked((bytes + Unit - 1) / Unit * Unit);

    static int RoundUp(int count, int unit) => checked((count + unit - 1) / unit * unit);

    // Up, so that what is shown is enough when typed.
    static long Mib(long bytes) => (bytes + Mebibyte - 1) / Mebibyte;
}
