using System.Collections.Immutable;
using Amnion.Host.Nitro;

namespace Amnion.Host.Tests.Nitro;

public sealed class EnclaveResourcesTests
{
    const long Mib = 1 << 20;

    // TinyLlama 1.1B: 22 layers, 4 key-value heads of 64.
    static readonly ModelDimensions s_model = new(22, 4, 64, 32_000);

    static EnclaveResourceRequest Request(long imageMib = 40, string platform = "nitro") => new() { Platform = platform, ImageBytes = imageMib * Mib, RamdiskBytes = (imageMib - 4) * Mib };

    static HostCapacity Host(long large = 0, long small = 0, int threads = 2, params int[] pool) => new()
    {
        Pages = [new HugePages(1L << 30, large), new HugePages(2 << 20, small)],
        Cores = [.. pool.Chunk(threads).Select(core => core.ToImmutableArray())],
        ThreadsPerCore = threads,
        Node = 0,
    };

    [Theory]
    // image + 8 offset, ramdisks, program 200, scratch 32, kernel 32 + 1/31 of all that; whole 2 MiB
    [InlineData(40, "nitro", 360)]
    [InlineData(40, "qemu", 360)]
    // four times the image is more than the sum
    [InlineData(200, "nitro", 800)]
    [InlineData(200, "qemu", 690)]
    public void An_image_alone_needs(int imageMib, string platform, int mib)
    {
        var resources = EnclaveResources.Compute(Request(imageMib, platform), null);
        Assert.Equal(mib, resources.NeededBytes / (double)Mib);
        Assert.Equal(resources.NeededBytes, resources.MemoryBytes);
        Assert.Equal((2, 0), (resources.Cpus, resources.Pages.Length));
    }

    [Theory]
    // 2 × 22 × 4 × 64 × 2 = 22528 bytes for each token
    [InlineData(4096, 16, 22528L * 65536)]
    [InlineData(2048, 1, 22528L * 2048)]
    // llama.cpp's own limit of cells
    [InlineData(131072, 256, 22528L << 20)]
    public void Weights_and_cache_are_counted_once(int context, int slots, long cache)
    {
        var resources = EnclaveResources.Compute(Request() with { ModelBytes = 669 * Mib, Model = s_model, Context = context, Slots = slots }, null);
        Assert.Equal(["image", "root file system", "program", "scratch", "weights", "key-value cache", "logits", "kernel"], resources.Parts.Select(part => part.Name));
        var parts = resources.Parts.ToDictionary(part => part.Name, part => part.Bytes);
        Assert.Equal((48 * Mib, 36 * Mib, 669 * Mib, cache), (parts["image"], parts["root file system"], parts["weights"], parts["key-value cache"]));
        Assert.Equal(4L * 32_000 * Math.Min(256, slots), parts["logits"]);
        Assert.Equal(resources.NeededBytes, (resources.Parts.Sum(part => part.Bytes) + (2 * Mib) - 1) / (2 * Mib) * (2 * Mib));
        Assert.All(resources.Parts, part => Assert.NotEmpty(part.Reason));
        Assert.Equal(resources.Parts.Length + 1, resources.Explain().Length);
    }

    [Theory]
    // asked, given: up to 2 MiB
    [InlineData(360, 360)]
    [InlineData(361, 362)]
    [InlineData(4096, 4096)]
    public void More_may_be_asked_for(int asked, int given) => Assert.Equal(given * Mib, EnclaveResources.Compute(Request() with { MemoryMebibytes = asked }, null).MemoryBytes);

    [Theory]
    [InlineData(358)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Less_is_refused_with_the_arithmetic(long asked)
    {
        var refused = Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request() with { MemoryMebibytes = asked }, null));
        Assert.Equal(HostCodes.EnclaveDoesNotFit, refused.Code);
        Assert.Contains($"--memory {asked}", refused.Message, StringComparison.Ordinal);
        if (asked == 358)
        {
            Assert.Contains("image 48 + root file system 36 + program 200 + scratch 32 + kernel 43 = 359 MiB", refused.Message, StringComparison.Ordinal);
            Assert.Contains("at least 4 times the image of 40 MiB", refused.Message, StringComparison.Ordinal);
            Assert.Contains("--memory 360", refused.Hint, StringComparison.Ordinal);
        }
    }

    [Theory]
    // 1 GiB pages, 2 MiB pages, MiB asked, MiB given, pages of each
    [InlineData(0, 512, 1024, 1024, 0, 512)]
    [InlineData(1, 0, 1024, 1024, 1, 0)]
    [InlineData(2, 512, 1536, 1536, 1, 256)]
    [InlineData(2, 10, 1536, 2048, 2, 0)]
    [InlineData(4, 0, 400, 1024, 1, 0)]
    [InlineData(1, 200, 400, 400, 0, 200)]
    [InlineData(1, 199, 400, 1024, 1, 0)]
    public void Memory_is_made_of_the_hosts_free_pages_largest_first(int large, int small, int asked, int given, int largeTaken, int smallTaken)
    {
        var resources = EnclaveResources.Compute(Request() with { MemoryMebibytes = asked }, Host(large, small, 2, 2, 3));
        Assert.Equal(given * Mib, resources.MemoryBytes);
        Assert.Equal((largeTaken, smallTaken), (resources.Pages.Where(pages => pages.PageBytes == 1L << 30).Sum(pages => pages.Count), resources.Pages.Where(pages => pages.PageBytes == 2 << 20).Sum(pages => pages.Count)));
    }

    [Fact]
    public void Too_few_free_pages_are_refused_with_what_there_is()
    {
        var refused = Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request() with { MemoryMebibytes = 2048 }, Host(1, 100, 2, 2, 3)));
        Assert.Contains("gets 2048 MiB, and free huge pages make up 1224 MiB (1 of 1024 MiB and 100 of 2 MiB, on node 0)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("memory_mib: 2048", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void An_emulated_enclave_needs_no_reserved_pages()
    {
        var host = Host() with { Pages = [new HugePages(4096, 512 * 256)], IsEmulated = true, ThreadsPerCore = 1, Cores = [[0], [1]] };
        var resources = EnclaveResources.Compute(Request(platform: "qemu"), host);
        Assert.Equal((360 * Mib, 2), (resources.MemoryBytes, resources.Cpus));
        Assert.Empty(resources.Pages);
        var refused = Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request(platform: "qemu") with { MemoryMebibytes = 514 }, host));
        Assert.Contains("gets 514 MiB, and the machine has 512 MiB", refused.Message, StringComparison.Ordinal);
        Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request(platform: "qemu") with { Cpus = 3 }, host));
    }

    [Theory]
    // threads of a core, pool, asked, given
    [InlineData(2, new[] { 2, 3 }, null, 2)]
    [InlineData(2, new[] { 2, 3, 4, 5 }, 4, 4)]
    [InlineData(1, new[] { 1, 2, 3 }, 3, 3)]
    [InlineData(1, new[] { 1 }, null, 1)]
    public void Processors_are_whole_cores_of_the_pool(int threads, int[] pool, int? asked, int given) =>
        Assert.Equal(given, EnclaveResources.Compute(Request() with { Cpus = asked }, Host(1, 0, threads, pool)).Cpus);

    [Theory]
    [InlineData(2, new[] { 2, 3 }, 3, "--cpus 4")]
    [InlineData(2, new[] { 2, 3 }, 4, "cpu_count: 4")]
    [InlineData(2, new int[0], null, "cpu_count: 2")]
    [InlineData(2, new[] { 2, 3 }, 0, "give 2 or more")]
    [InlineData(2, new[] { 2, 3 }, -2, "give 2 or more")]
    public void Processors_that_are_not_there_are_refused(int threads, int[] pool, int? asked, string hint)
    {
        var refused = Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request() with { Cpus = asked }, Host(1, 0, threads, pool)));
        Assert.Contains(hint, refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Processors_of_running_enclaves_are_not_free()
    {
        var host = Host(1, 0, 2, 2, 3, 4, 5);
        Assert.Equal(2, EnclaveResources.Compute(Request() with { CpusInUse = [2, 3] }, host).Cpus);
        var refused = Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request() with { Cpus = 4, CpusInUse = [2, 3] }, host));
        Assert.Contains("pool has free 2 (running enclaves have 1 of its 2 cores)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpu_count: 6", refused.Hint, StringComparison.Ordinal);
        Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request() with { CpuIds = [2, 3], CpusInUse = [2, 3] }, host));
    }

    [Theory]
    [InlineData(new[] { 2, 3, 2, 3 }, "twice")]
    [InlineData(new[] { 2, 4 }, "threads of one core")]
    [InlineData(new[] { 2, 9 }, "9 are not in the enclaves' pool")]
    [InlineData(new[] { 0, 1 }, "0, 1 are not in the enclaves' pool")]
    [InlineData(new[] { 2 }, "no whole cores")]
    public void Named_processors_are_checked(int[] ids, string message)
    {
        var refused = Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request() with { CpuIds = [.. ids] }, Host(1, 0, 2, 2, 3, 4, 5)));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_processors_that_are_whole_cores_are_taken()
    {
        var resources = EnclaveResources.Compute(Request() with { CpuIds = [5, 4] }, Host(1, 0, 2, 2, 3, 4, 5));
        Assert.Equal(2, resources.Cpus);
        Assert.Equal([5, 4], resources.CpuIds);
        Assert.Throws<EnclaveResourcesException>(() => EnclaveResources.Compute(Request() with { CpuIds = [4, 5], Cpus = 4 }, null));
    }

    [Fact]
    public void Sizes_that_overflow_are_refused_and_not_wrapped() =>
        Assert.Throws<OverflowException>(() => EnclaveResources.Compute(Request() with { ModelBytes = long.MaxValue - 1, Model = s_model, Context = 4096 }, null));
}
