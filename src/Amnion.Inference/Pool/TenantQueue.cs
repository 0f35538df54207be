namespace Amnion.Inference.Pool;

/// <summary>A tenant's requests that wait for its turn. Guarded by the pool's lock.</summary>
sealed class TenantQueue(string tenant)
{
    public string Tenant => tenant;

    /// <summary>In order of arrival.</summary>
    public LinkedList<TaskCompletionSource<Admission>> Waiters { get; } = new();

    /// <summary>Requests of the tenant that wait or run.</summary>
    public int Requests { get; set; }
}
