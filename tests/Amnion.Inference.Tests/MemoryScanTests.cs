using System.Globalization;
using System.Text;

namespace Amnion.Inference.Tests;

/// <summary>Reads a worker's whole memory, as root could, and looks for what a tenant sent.</summary>
public sealed class MemoryScanTests
{
    [Fact]
    public async Task Nothing_of_a_tenant_is_in_the_worker_of_the_next()
    {
        var canary = "canary-" + Guid.NewGuid();
        await using var pool = await TestEngine.StartAsync();
        _ = await Answer.CollectAsync(pool.ForTenant("a"), TestEngine.Request(canary, 5));

        _ = await Answer.CollectAsync(pool.ForTenant("b"), TestEngine.Request("b", 5));

        Assert.Equal(0, Count(pool.WorkerProcessIds[0], canary));
        Assert.NotEqual(0, Count(Environment.ProcessId, canary));
    }

    [Fact]
    public async Task A_finished_prompt_is_not_left_in_its_own_worker_either()
    {
        var canary = "canary-" + Guid.NewGuid();
        await using var pool = await TestEngine.StartAsync();

        _ = await Answer.CollectAsync(pool.ForTenant("a"), TestEngine.Request(string.Concat(Enumerable.Repeat(canary + " ", 8)), 5));

        Assert.Equal(0, Count(pool.WorkerProcessIds[0], canary));
    }

    [Fact]
    public async Task The_cache_of_an_idle_worker_is_zeroed()
    {
        var letter = TestEngine.InProcess.Vocabulary.TokensOf("Q", special: false)[0];
        var request = TestEngine.Request("x", 900) with { Sampling = new SamplingOptions { LogitBiases = [new LogitBias(letter, 100)] } };
        await using var pool = await TestEngine.StartAsync();
        _ = await Answer.CollectAsync(pool.ForTenant("a"), request);
        var filled = NonZeroBytes(pool.WorkerProcessIds[0]);

        // The cache is most of what an answer leaves: 900 tokens have far more than this.
        await Eventually.HoldsAsync(() => NonZeroBytes(pool.WorkerProcessIds[0]) < filled - (900 * 64));
    }

    static long NonZeroBytes(int process)
    {
        var nonZero = 0L;
        Read(process, 0, part => nonZero += part.Length - part.Count((byte)0));
        return nonZero;
    }

    static int Count(int process, string canary)
    {
        byte[][] needles = [Encoding.UTF8.GetBytes(canary), Encoding.Unicode.GetBytes(canary)];
        var found = 0;
        Read(process, overlap: 256, part =>
        {
            foreach (var needle in needles)
            {
                found += part.IndexOf(needle) >= 0 ? 1 : 0;
            }
        });
        return found;
    }

    /// <summary>Shows all writable memory of a process, in parts that overlap.</summary>
    static void Read(int process, int overlap, PartAction look)
    {
        try
        {
            using var memory = new FileStream($"/proc/{process}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            foreach (var line in File.ReadAllLines($"/proc/{process}/maps"))
            {
                var fields = line.Split(' ', 3);
                var bounds = fields[0].Split('-').Select(b => ulong.Parse(b, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
                if (fields[1].StartsWith("rw", StringComparison.Ordinal) && bounds[1] <= long.MaxValue)
                {
                    Read(memory, (long)bounds[0], (long)bounds[1], overlap, look);
                }
            }
        }
        catch (UnauthorizedAccessException)
        {
            Assert.Skip("Reading another process's memory needs root.");
        }
    }

    static void Read(FileStream memory, long start, long end, int overlap, PartAction look)
    {
        var buffer = new byte[1 << 20];
        for (var at = start; at < end; at += buffer.Length - overlap)
        {
            var length = (int)Math.Min(buffer.Length, end - at);
            try
            {
                memory.Position = at;
                memory.ReadExactly(buffer, 0, length);
            }
            catch (Exception e) when (e is IOException or EndOfStreamException)
            {
                // Guard pages and device memory cannot be read.
                continue;
            }

            look(buffer.AsSpan(0, length));
        }
    }

    delegate void PartAction(ReadOnlySpan<byte> part);
}
