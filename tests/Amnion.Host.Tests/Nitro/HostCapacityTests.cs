using Amnion.Host.Nitro;

namespace Amnion.Host.Tests.Nitro;

public sealed class HostCapacityTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    void Write(string path, string text)
    {
        var full = _directory.Combine(path.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    void Machine(string pool, string siblings, params int[] nodes)
    {
        Write("sys/module/nitro_enclaves/parameters/ne_cpus", pool);
        Write("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", siblings);
        foreach (var node in nodes)
        {
            Write($"sys/devices/system/node/node{node}/hugepages/hugepages-1048576kB/free_hugepages", $"{node}\n");
            Write($"sys/devices/system/node/node{node}/hugepages/hugepages-2048kB/free_hugepages", $"{100 + node}\n");
        }
    }

    [Fact]
    public void Without_the_driver_there_is_nothing_to_give() => Assert.Null(HostCapacity.ReadNitro(_directory.Path));

    [Theory]
    [InlineData("2,3\n", "0-1\n", new[] { "2,3" }, new int[0])]
    [InlineData("1,3,5,7\n", "0,4\n", new[] { "1,5", "3,7" }, new int[0])]
    [InlineData("1-3,5,7\n", "0,4\n", new[] { "1,5", "3,7" }, new[] { 2 })]
    [InlineData("1-3\n", "0\n", new[] { "1", "2", "3" }, new int[0])]
    [InlineData("\n", "0,1\n", new string[0], new int[0])]
    [InlineData("3\n", "0,1\n", new string[0], new[] { 3 })]
    public void Cores_are_put_together_from_the_pool(string pool, string siblings, string[] cores, int[] half)
    {
        Machine(pool, siblings, 0);
        var host = HostCapacity.ReadNitro(_directory.Path)!;
        Assert.Equal(cores, host.Cores.Select(core => string.Join(',', core)));
        Assert.Equal(half, host.HalfCores);
        Assert.Equal(siblings.Count(c => c is ',' or '-') + 1, host.ThreadsPerCore);
    }

    [Fact]
    public void Pages_are_those_of_the_pools_node()
    {
        Machine("2,3", "0-1", 0, 1);
        Directory.CreateDirectory(_directory.Combine("sys", "devices", "system", "cpu", "cpu2", "node1"));
        var host = HostCapacity.ReadNitro(_directory.Path)!;
        Assert.Equal(1, host.Node);
        Assert.Equal([new HugePages(1L << 30, 1), new HugePages(2 << 20, 101)], host.Pages);
        Assert.Equal((1L << 30) + (101L * (2 << 20)), host.FreeBytes);
    }

    [Fact]
    public void Where_no_node_is_told_the_only_one_is_taken_or_the_whole_machines_pages()
    {
        Machine("2,3", "0-1", 0);
        Assert.Equal((0, 100), (HostCapacity.ReadNitro(_directory.Path)!.Node!.Value, (int)HostCapacity.ReadNitro(_directory.Path)!.Pages[1].Count));
        Machine("2,3", "0-1", 0, 1);
        Write("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "7");
        var host = HostCapacity.ReadNitro(_directory.Path)!;
        Assert.Null(host.Node);
        Assert.Equal([new HugePages(1L << 30, 0), new HugePages(2 << 20, 7)], host.Pages);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1-")]
    [InlineData("5-2")]
    [InlineData("4096")]
    [InlineData("0-99999999999999")]
    [InlineData("-1")]
    public void A_pool_that_is_no_list_is_no_pool(string text)
    {
        Machine(text, "0", 0);
        Assert.Null(HostCapacity.ReadNitro(_directory.Path));
    }

    [Theory]
    [InlineData("i-0123456789abcdef0\n", "i-0123456789abcdef0")]
    [InlineData("i-XYZ", "i-0000000000000000")]
    [InlineData("Not Specified", "i-0000000000000000")]
    [InlineData(null, "i-0000000000000000")]
    public void The_instance_is_named_as_nitro_cli_names_it(string? text, string name)
    {
        if (text is not null)
        {
            Write("sys/devices/virtual/dmi/id/board_asset_tag", text);
        }

        Assert.Equal(name, HostCapacity.InstanceId(_directory.Path));
    }

    [Fact]
    public void An_emulated_enclave_gets_what_the_machine_has()
    {
        Write("proc/meminfo", "MemTotal: 5 kB\nMemAvailable:   2048 kB\n");
        var host = HostCapacity.ReadEmulated(_directory.Path);
        Assert.Equal((2 << 20, true, 1), (host.FreeBytes, host.IsEmulated, host.ThreadsPerCore));
        Assert.Equal(Environment.ProcessorCount, host.Cores.Length);
        Assert.True(HostCapacity.ReadEmulated().FreeBytes > 1 << 20);
    }
}
