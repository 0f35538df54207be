namespace Amnion.Enclave;

/// <summary>How long an exchange may take; each kind of exchange sets its own limit once it is known.</summary>
sealed class ExchangeLimit : IDisposable
{
    /// <summary>Until the first frame, and for every exchange that only answers.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromSeconds(30);

    /// <summary>Between a broker's challenge and its wrapped key: the life of the one-time key.</summary>
    public static readonly TimeSpan KeyRelease = TimeSpan.FromMinutes(2);

    /// <summary>From the first byte of a sealed request to the last of its answer. Keys outlive their keyset by this at most, for receipts.</summary>
    public static readonly TimeSpan SealedExchange = TimeSpan.FromMinutes(10);

    /// <summary>One file of weights, and loading the model after the last one.</summary>
    public static readonly TimeSpan Weights = TimeSpan.FromHours(2);

    readonly CancellationTokenSource _timer;
    readonly CancellationTokenSource _linked;

    public ExchangeLimit(TimeProvider time, CancellationToken cancellation)
    {
        _timer = new CancellationTokenSource(Short, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellation);
    }

    /// <summary>Cancelled when the time is up, or the enclave stops.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>Starts the time anew.</summary>
    public void Set(TimeSpan limit) => _timer.CancelAfter(limit);

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
