using Amnion.Inference.Pool;

namespace Amnion.Inference;

/// <summary>Whose turn it is.</summary>
public sealed partial class WorkerPool
{
    /// <summary>Waits for the tenant's turn.</summary>
    internal async ValueTask<Admission> AdmitAsync(string tenant, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new TaskCompletionSource<Admission>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (disposed)
            {
                return new Admission(null, null, InferenceCodes.EngineClosed);
            }

            if (!queues.TryGetValue(tenant, out var queue))
            {
                if (queues.Count >= WorkerPoolOptions.MaxTenants)
                {
                    return new Admission(null, null, InferenceCodes.Busy);
                }

                queue = new TenantQueue(tenant);
                queues.Add(tenant, queue);
                turns.AddLast(queue);
            }

            if (queue.Requests >= options.MaxRequestsPerTenant)
            {
                return new Admission(null, null, InferenceCodes.Busy);
            }

            queue.Requests++;
            queue.Waiters.AddLast(waiter);
            Pump();
        }

        using var cancelled = waiter.Task.IsCompleted ? default : cancellationToken.UnsafeRegister(_ => Abandon(tenant, waiter), null);
        return await waiter.Task.ConfigureAwait(false);
    }

    void Abandon(string tenant, TaskCompletionSource<Admission> waiter)
    {
        lock (gate)
        {
            if (waiter.TrySetCanceled(CancellationToken.None) && queues.TryGetValue(tenant, out var queue))
            {
                queue.Waiters.Remove(waiter);
                Leave(queue);
                Pump();
            }
        }
    }

    /// <summary>Gives out turns. Called with the lock held after anything changed.</summary>
    void Pump()
    {
        if (disposed)
        {
            return;
        }

        foreach (var slot in slots)
        {
            if (slot.Switching)
            {
                continue;
            }

            if (slot.Client is { IsDead: true })
            {
                slot.Client = null;
                deaths++;
            }

            var own = slot.Tenant is { } tenant ? queues.GetValueOrDefault(tenant) : null;
            var stays = own is { Waiters.Count: > 0 } && !MustYield(slot);
            if (stays && slot.Client is { } client)
            {
                Admit(slot, client, own!);
            }
            else if (slot.Running == 0 && (stays ? own : NextTurn()) is { } next)
            {
                slot.Switching = true;
                var old = slot.Client;
                slot.Client = null;
                handOvers += slot.Tenant is not null && slot.Tenant != next.Tenant ? 1 : 0;
                slot.Tenant = next.Tenant;
                turns.Remove(next);
                turns.AddLast(next);
                _ = SwitchAsync(slot, old);
            }
        }
    }

    void Admit(TenantSlot slot, WorkerClient client, TenantQueue queue)
    {
        while (queue.Waiters.First is { } first)
        {
            queue.Waiters.RemoveFirst();
            if (first.Value.TrySetResult(new Admission(client, () => Release(slot, queue), null)))
            {
                slot.Running++;
            }
        }
    }

    void Release(TenantSlot slot, TenantQueue queue)
    {
        lock (gate)
        {
            slot.Running--;
            Leave(queue);
            Pump();
        }
    }

    void Leave(TenantQueue queue)
    {
        queue.Requests--;
        if (queue.Requests == 0)
        {
            queues.Remove(queue.Tenant);
            turns.Remove(queue);
        }
    }

    bool MustYield(TenantSlot slot) => NextTurn() is not null && time.GetElapsedTime(slot.Since) >= options.Quantum;

    /// <summary>The tenant that waits longest and has no worker.</summary>
    TenantQueue? NextTurn() => turns.FirstOrDefault(q => q.Waiters.Count > 0 && !slots.Any(s => s.Tenant == q.Tenant));

    /// <summary>Replaces a slot's worker: the old one is dead and its memory gone before the new one gets a request.</summary>
    async Task SwitchAsync(TenantSlot slot, WorkerClient? old)
    {
        await Task.Yield();
        WorkerClient? client = null;
        string? code = null;
        try
        {
            if (old is not null)
            {
                old.Dispose();
                await old.Exited.ConfigureAwait(false);
            }

            client = await TakeWorkerAsync().ConfigureAwait(false);
        }
        catch (InferenceException e)
        {
            code = e.Code;
        }
        catch (ObjectDisposedException)
        {
            code = InferenceCodes.WorkerStartFailed;
        }

        lock (gate)
        {
            slot.Switching = false;
            slot.Client = client;
            slot.Since = time.GetTimestamp();
            if (client is null)
            {
                if (slot.Tenant is { } tenant && queues.TryGetValue(tenant, out var refused))
                {
                    Refuse(refused, code!);
                }

                slot.Tenant = null;
            }
            else if (disposed)
            {
                client.Dispose();
            }
            else if (slot.Tenant is { } served && queues.TryGetValue(served, out var queue))
            {
                // Whatever the quantum, a turn serves those who waited for it; otherwise turns could go round and serve nobody.
                Admit(slot, client, queue);
            }

            if (options.KeepSpare && !disposed && client is not null)
            {
                spare ??= StartWorkerAsync();
            }

            Pump();
        }

        if (client is not null)
        {
            await client.Exited.ConfigureAwait(false);
            lock (gate)
            {
                Pump();
            }
        }
    }

    async Task<WorkerClient> TakeWorkerAsync()
    {
        Task<WorkerClient>? ready;
        lock (gate)
        {
            ready = spare;
            spare = null;
        }

        if (ready is not null)
        {
            try
            {
                var client = await ready.ConfigureAwait(false);
                if (!client.IsDead)
                {
                    return client;
                }
            }
            catch (InferenceException)
            {
                // The spare did not start; the next attempt says why to those who wait.
            }
        }

        return await StartWorkerAsync().ConfigureAwait(false);
    }

    async Task<WorkerClient> StartWorkerAsync()
    {
        await Task.Yield();
        return await WorkerClient.StartAsync(options.Worker, weights, prepare: false, time, CancellationToken.None).ConfigureAwait(false);
    }

    void Refuse(TenantQueue queue, string code)
    {
        while (queue.Waiters.First is { } first)
        {
            queue.Waiters.RemoveFirst();
            _ = first.Value.TrySetResult(new Admission(null, null, code));
            Leave(queue);
        }
    }
}
