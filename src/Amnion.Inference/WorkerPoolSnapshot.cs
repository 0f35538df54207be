namespace Amnion.Inference;

/// <summary>Numbers about a pool, for telemetry: no tenant, no text.</summary>
/// <param name="Running">Requests that workers run now.</param>
/// <param name="Waiting">Requests that wait for their tenant's turn.</param>
/// <param name="WaitingTenants">Tenants with waiting requests.</param>
/// <param name="Workers">Workers that serve a tenant.</param>
/// <param name="HandOvers">Workers replaced because another tenant's turn came, since the start.</param>
/// <param name="Deaths">Workers that died or were killed for a fault while they served a tenant, since the start.</param>
public readonly record struct WorkerPoolSnapshot(int Running, int Waiting, int WaitingTenants, int Workers, long HandOvers, long Deaths);
