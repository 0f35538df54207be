namespace Amnion.Inference.OpenAi;

/// <summary>Lets a fixed number of requests run at once, and a bounded number of each tenant wait.</summary>
sealed class TurnQueue(int atOnce, int maxWaiting) : IDisposable
{
    readonly SemaphoreSlim _free = new(atOnce);
    readonly Dictionary<string, int> _waiting = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    /// <summary>A turn, to be disposed at its end; null where too many requests of this tenant wait.</summary>
    public async Task<IDisposable?> EnterAsync(string tenant, CancellationToken cancellation)
    {
        if (!await _free.WaitAsync(0, CancellationToken.None).ConfigureAwait(false))
        {
            if (!TryAdd(tenant))
            {
                return null;
            }

            try
            {
                await _free.WaitAsync(cancellation).ConfigureAwait(false);
            }
            finally
            {
                Remove(tenant);
            }
        }

        return new Turn(_free);
    }

    public void Dispose() => _free.Dispose();

    bool TryAdd(string tenant)
    {
        lock (_lock)
        {
            var waiting = _waiting.GetValueOrDefault(tenant);
            if (waiting >= maxWaiting)
            {
                return false;
            }

            _waiting[tenant] = waiting + 1;
            return true;
        }
    }

    void Remove(string tenant)
    {
        lock (_lock)
        {
            if (--_waiting[tenant] == 0)
            {
                _waiting.Remove(tenant);
            }
        }
    }

    sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        SemaphoreSlim? _free = free;

        public void Dispose() => Interlocked.Exchange(ref _free, null)?.Release();
    }
}
