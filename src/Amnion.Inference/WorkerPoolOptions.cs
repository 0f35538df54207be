namespace Amnion.Inference;

/// <summary>How tenants share workers.</summary>
public sealed record WorkerPoolOptions
{
    /// <summary>Tenants waiting or running at once; more are refused as busy.</summary>
    public const int MaxTenants = 4096;

    /// <summary>How workers are started.</summary>
    public required WorkerOptions Worker { get; init; }

    /// <summary>Workers that serve a tenant at once, each one tenant.</summary>
    public int MaxActiveTenants { get; init; } = 1;

    /// <summary>Keep one more worker loaded that has served nobody, so that a hand-over takes milliseconds. It allocates its key-value cache when it gets its tenant.</summary>
    public bool KeepSpare { get; init; } = true;

    /// <summary>
    /// How long a tenant may start new requests while others wait. After it the tenant's running requests finish, its new ones
    /// queue, and the worker goes to the tenant that has waited longest.
    /// </summary>
    public TimeSpan Quantum { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests of one tenant that may wait or run; more are refused as busy.</summary>
    public int MaxRequestsPerTenant { get; init; } = 128;
}
