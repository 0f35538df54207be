using System.Text;
using Amnion.Guard.Output.Budgets;

namespace Amnion.Guard.Tests.Output;

public class BudgetTests
{
    static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Fact]
    public async Task Crashing_and_copied_enclaves_never_answer_more_than_the_budget()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var clock = new SetClock(s_now);
            var budget = random.Next(1, 400);
            var ledger = new InMemoryQueryLedger(budget, 16, TimeSpan.FromMinutes(5), clock);
            var enclaves = Enumerable.Range(0, 4).Select(i => New(ledger, $"enclave-{i}", clock)).ToList();
            var answered = 0;
            for (var step = 0; step < 2000; step++)
            {
                var at = random.Next(enclaves.Count);
                switch (random.Next(12))
                {
                    case 0:
                        enclaves[at] = New(ledger, $"enclave-{at}", clock);
                        break;
                    case 1:
                        clock.Now += TimeSpan.FromSeconds(random.Next(400));
                        break;
                    default:
                        answered += await enclaves[at].TrySpendAsync("t", "c", TestContext.Current.CancellationToken) ? 1 : 0;
                        break;
                }
            }

            Assert.InRange(answered, 1, budget);
            Assert.Equal(budget, ledger.Snapshot()[("t", "c")]);
            Assert.False(await New(ledger, "later", clock).TrySpendAsync("t", "c", TestContext.Current.CancellationToken));
            Assert.True(await enclaves[0].TrySpendAsync("t", "another", TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Without_crashes_every_query_of_the_budget_is_answered()
    {
        var clock = new SetClock(s_now);
        using var enclave = New(new InMemoryQueryLedger(100, 7, TimeSpan.FromMinutes(5), clock), "e", clock);
        var answered = 0;
        for (var i = 0; i < 200; i++)
        {
            answered += await enclave.TrySpendAsync("t", "c", TestContext.Current.CancellationToken) ? 1 : 0;
        }

        Assert.Equal(100, answered);
    }

    [Theory]
    [InlineData("other-holder")]
    [InlineData("replayed")]
    [InlineData("expired")]
    [InlineData("other-caller")]
    public async Task A_lease_that_is_not_its_own_is_not_spent(string how)
    {
        var clock = new SetClock(s_now);
        using var enclave = new QueryBudget(new ForgedLedger(how, clock), "me", 1, clock);
        Assert.Equal(how == "replayed", await enclave.TrySpendAsync("t", "c", TestContext.Current.CancellationToken));
        Assert.False(await enclave.TrySpendAsync("t", "c", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_lease_reads_back_from_its_record()
    {
        var lease = new QueryLease("tenant", "caller \"x\" é", "holder", 7, 16, s_now);
        Assert.Equal(lease, QueryLease.Parse(lease.ToBytes()));
    }

    [Theory]
    [InlineData("", "record")]
    [InlineData("[]", "record")]
    [InlineData("{\"type\":\"amnion/query-lease/2\"}", "type")]
    [InlineData("{\"type\":\"amnion/query-lease/1\",\"tenant\":\"\"}", "tenant")]
    [InlineData("{\"type\":\"amnion/query-lease/1\",\"tenant\":\"t\",\"caller\":\"c\",\"holder\":\"h\",\"sequence\":0}", "sequence")]
    [InlineData("{\"type\":\"amnion/query-lease/1\",\"tenant\":\"t\",\"caller\":\"c\",\"holder\":\"h\",\"sequence\":1,\"queries\":1000001}", "queries")]
    [InlineData("{\"type\":\"amnion/query-lease/1\",\"tenant\":\"t\",\"caller\":\"c\",\"holder\":\"h\",\"sequence\":1,\"queries\":1,\"expires\":-1}", "expires")]
    [InlineData("{\"type\":\"amnion/query-lease/1\",\"tenant\":\"t\",\"caller\":\"c\",\"holder\":\"h\",\"sequence\":1,\"queries\":1,\"expires\":1 }", "record")]
    [InlineData("{\"type\":\"amnion/query-lease/1\",\"tenant\":\"t\",\"tenant\":\"t\",\"caller\":\"c\",\"holder\":\"h\",\"sequence\":1,\"queries\":1,\"expires\":1}", "record")]
    public void Rejects_a_record_that_is_no_lease(string json, string field) =>
        Assert.Equal(field, Assert.Throws<QueryLeaseFormatException>(() => QueryLease.Parse(Encoding.UTF8.GetBytes(json))).Field);

    [Fact]
    public void No_bytes_crash_the_reader_of_leases()
    {
        var record = new QueryLease("tenant", "caller", "holder", 7, 16, s_now).ToBytes();
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var bytes = record.AsSpan(0, random.Next(3) == 0 ? random.Next(record.Length) : record.Length).ToArray();
            for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.Equal(bytes, QueryLease.Parse(bytes).ToBytes());
            }
            catch (QueryLeaseFormatException)
            {
                // Refused is as good as read.
            }
        }
    }

    [Fact]
    public void An_egress_budget_ends_and_begins_anew_with_its_period()
    {
        var clock = new SetClock(s_now);
        var budget = new EgressBudget(100, 10, TimeSpan.FromHours(1), clock);
        Assert.True(budget.TryTake("a", 60, 5));
        Assert.False(budget.TryTake("a", 41, 1));
        Assert.True(budget.TryTake("a", 40, 1));
        Assert.False(budget.TryTake("a", 0, 5));
        Assert.True(budget.TryTake("a", 0, 4));
        Assert.True(budget.TryTake("b", 100, 10));
        clock.Now -= TimeSpan.FromHours(2);
        Assert.False(budget.TryTake("a", 1, 0));
        clock.Now += TimeSpan.FromHours(3);
        Assert.True(budget.TryTake("a", 100, 10));
    }

    [Fact]
    public void Padding_leaves_few_lengths_and_adds_little()
    {
        var buckets = new HashSet<int>();
        var before = 0;
        for (var length = 0; length <= 1 << 20; length += 7)
        {
            var padded = AnswerPadding.BucketOf(length);
            Assert.InRange(padded, Math.Max(length, before), Math.Max(256, length + (length / 8) + 1));
            Assert.Equal(padded, AnswerPadding.BucketOf(padded));
            before = padded;
            buckets.Add(padded);
        }

        Assert.InRange(buckets.Count, 12, 260);
    }

    [Fact]
    public void Pieces_leave_on_the_grid_in_their_order()
    {
        var grid = TimeSpan.FromMilliseconds(50);
        var first = AnswerPadding.ReleaseAt(s_now, s_now, s_now, grid);
        Assert.Equal(s_now + grid, first);
        Assert.Equal(s_now + (2 * grid), AnswerPadding.ReleaseAt(s_now, s_now + TimeSpan.FromMilliseconds(51), first, grid));
        Assert.Equal(s_now + (2 * grid), AnswerPadding.ReleaseAt(s_now, s_now + TimeSpan.FromMilliseconds(3), first, grid));
        Assert.Equal(s_now + (7 * grid), AnswerPadding.ReleaseAt(s_now, s_now + TimeSpan.FromMilliseconds(350), first, grid));
    }

    static QueryBudget New(IQueryLedger ledger, string holder, TimeProvider clock) => new(ledger, holder, 10, clock);

    sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    sealed class ForgedLedger(string how, TimeProvider clock) : IQueryLedger
    {
        public ValueTask<QueryLease?> TakeAsync(string tenant, string caller, string holder, int queries, CancellationToken cancellationToken) => ValueTask.FromResult<QueryLease?>(new QueryLease(
            tenant,
            how == "other-caller" ? "d" : caller,
            how == "other-holder" ? "you" : holder,
            1,
            1,
            clock.GetUtcNow() + TimeSpan.FromSeconds(how == "expired" ? -1 : 60)));
    }
}
