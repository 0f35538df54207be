namespace Amnion.Guard.Output.Budgets;

/// <summary>The broker's side of query budgets. It is a trust boundary: the enclave asks, the ledger decides and remembers.</summary>
public interface IQueryLedger
{
    /// <summary>Takes up to <paramref name="queries"/> out of a caller's budget, for good, and lends them to an enclave; null where nothing is left. Durable before it returns.</summary>
    ValueTask<QueryLease?> TakeAsync(string tenant, string caller, string holder, int queries, CancellationToken cancellationToken);
}
