namespace Amnion.Sealing.Tests;

public sealed class ReplayMemoryTests
{
    [Fact]
    public void A_repeated_key_is_replayed_and_a_full_memory_forgets_nothing()
    {
        var memory = new ReplayMemory(capacity: 3);
        Assert.Equal(ReplayOutcome.Added, memory.Add([1]));
        Assert.Equal(ReplayOutcome.Added, memory.Add([2]));
        Assert.Equal(ReplayOutcome.Replayed, memory.Add([1]));
        Assert.Equal(ReplayOutcome.Added, memory.Add([3]));
        Assert.Equal(ReplayOutcome.Full, memory.Add([4]));
        Assert.Equal(ReplayOutcome.Full, memory.Add([4]));
        Assert.Equal(ReplayOutcome.Replayed, memory.Add([1]));
        Assert.Equal(ReplayOutcome.Replayed, memory.Add([3]));
        Assert.Equal((3, 3), (memory.Count, memory.Capacity));
    }

    [Fact]
    public void One_of_many_threads_adds_each_key()
    {
        var memory = new ReplayMemory(capacity: 1000);
        var added = 0;
        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            if (memory.Add(BitConverter.GetBytes(i % 1000)) == ReplayOutcome.Added)
            {
                Interlocked.Increment(ref added);
            }
        });
        Assert.Equal((1000, 1000), (added, memory.Count));
    }

    [Fact]
    public void Capacity_is_bounded()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayMemory(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayMemory(ReplayMemory.MaxCapacity + 1));
        Assert.Equal(ReplayMemory.DefaultCapacity, new ReplayMemory().Capacity);
    }
}
