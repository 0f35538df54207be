namespace Amnion.Inference.Pool;

/// <summary>Room for one tenant's worker. All fields are guarded by the pool's lock.</summary>
sealed class TenantSlot
{
    /// <summary>Whose worker it is; null before the first and after a failed start.</summary>
    public string? Tenant { get; set; }

    public WorkerClient? Client { get; set; }

    public int Running { get; set; }

    /// <summary>When the tenant's turn began, in the time provider's ticks.</summary>
    public long Since { get; set; }

    /// <summary>A worker is being replaced.</summary>
    public bool Switching { get; set; }
}
