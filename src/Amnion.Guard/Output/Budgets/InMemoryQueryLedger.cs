namespace Amnion.Guard.Output.Budgets;

/// <summary>A ledger that remembers as long as it lives, which is not durable: for tests, and for one process. Thread-safe.</summary>
public sealed class InMemoryQueryLedger : IQueryLedger
{
    readonly Lock _lock = new();
    readonly Dictionary<(string Tenant, string Caller), (long Sequence, long Taken)> _accounts = [];
    readonly TimeProvider _time;
    readonly TimeSpan _life;
    readonly int _most;

    /// <summary>A ledger with one budget for every caller.</summary>
    /// <param name="budget">Queries for each caller, in all.</param>
    /// <param name="most">The most queries in one lease: what a crash can cost a caller.</param>
    /// <param name="life">How long a lease is good.</param>
    /// <param name="time">The clock.</param>
    public InMemoryQueryLedger(long budget, int most, TimeSpan life, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, QueryLease.MostQueries);
        ArgumentOutOfRangeException.ThrowIfLessThan(life, TimeSpan.FromSeconds(1));
        ArgumentNullException.ThrowIfNull(time);
        Budget = budget;
        _most = most;
        _life = life;
        _time = time;
    }

    /// <summary>Queries for each caller, in all.</summary>
    public long Budget { get; }

    /// <inheritdoc/>
    public ValueTask<QueryLease?> TakeAsync(string tenant, string caller, string holder, int queries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        lock (_lock)
        {
            var account = _accounts.GetValueOrDefault((tenant, caller));
            var amount = (int)Math.Min(Math.Min(queries, _most), Budget - account.Taken);
            if (amount <= 0)
            {
                return ValueTask.FromResult<QueryLease?>(null);
            }

            _accounts[(tenant, caller)] = (account.Sequence + 1, account.Taken + amount);
            var expires = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().Add(_life).ToUnixTimeSeconds());
            return ValueTask.FromResult<QueryLease?>(new QueryLease(tenant, caller, holder, account.Sequence + 1, amount, expires));
        }
    }

    /// <summary>How much was taken, by tenant and caller.</summary>
    public IReadOnlyDictionary<(string Tenant, string Caller), long> Snapshot()
    {
        lock (_lock)
        {
            return _accounts.ToDictionary(static account => account.Key, static account => account.Value.Taken);
        }
    }
}
