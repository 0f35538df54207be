namespace Amnion.Guard.Output.Budgets;

/// <summary>
/// The enclave's side of query budgets: spends leased queries, before each is answered. Nothing is ever given back or stored; a lease dies with the process. Thread-safe.
/// </summary>
public sealed class QueryBudget : IDisposable
{
    /// <summary>The most callers whose leases are kept at once; the lease that ends first makes room, and is lost.</summary>
    public const int MostCallers = 10_000;

    readonly SemaphoreSlim _gate = new(1);
    readonly Dictionary<(string Tenant, string Caller), Account> _accounts = [];
    readonly IQueryLedger _ledger;
    readonly string _holder;
    readonly int _lease;
    readonly TimeProvider _time;

    /// <summary>A budget that takes leases from a ledger.</summary>
    /// <param name="ledger">The broker.</param>
    /// <param name="holder">This enclave's instance; leases for another are refused.</param>
    /// <param name="lease">How many queries are taken at once.</param>
    /// <param name="time">The clock.</param>
    public QueryBudget(IQueryLedger ledger, string holder, int lease, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentException.ThrowIfNullOrEmpty(holder);
        ArgumentOutOfRangeException.ThrowIfLessThan(lease, 1);
        ArgumentNullException.ThrowIfNull(time);
        _ledger = ledger;
        _holder = holder;
        _lease = lease;
        _time = time;
    }

    /// <summary>Spends one query. Only after true may the query be answered; false means that the budget is spent (<see cref="OutputCodes.QueryBudget"/>). If the ledger cannot be reached its exception passes through and nothing may be answered.</summary>
    public async ValueTask<bool> TrySpendAsync(string tenant, string caller, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentException.ThrowIfNullOrEmpty(caller);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var key = (tenant, caller);
            var known = _accounts.GetValueOrDefault(key);
            var account = known ?? new Account();
            if (account.Left == 0 || account.Expires <= _time.GetUtcNow())
            {
                account.Left = 0;
                var lease = await _ledger.TakeAsync(tenant, caller, _holder, _lease, cancellationToken).ConfigureAwait(false);
                if (lease is null || !IsMine(lease, tenant, caller, account.Sequence))
                {
                    return false;
                }

                (account.Left, account.Sequence, account.Expires) = (lease.Queries, lease.Sequence, lease.Expires);
                if (known is null)
                {
                    MakeRoom();
                    _accounts.Add(key, account);
                }
            }

            account.Left--;
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>A lease counts once, for whom it names, where it names, while it lasts.</summary>
    bool IsMine(QueryLease lease, string tenant, string caller, long last) =>
        lease.Tenant == tenant && lease.Caller == caller && lease.Holder == _holder && lease.Sequence > last && lease.Queries is >= 1 and <= QueryLease.MostQueries && lease.Expires > _time.GetUtcNow();

    void MakeRoom()
    {
        if (_accounts.Count >= MostCallers)
        {
            _accounts.Remove(_accounts.MinBy(static account => account.Value.Expires).Key);
        }
    }

    sealed class Account
    {
        public int Left { get; set; }

        public long Sequence { get; set; }

        public DateTimeOffset Expires { get; set; }
    }
}
