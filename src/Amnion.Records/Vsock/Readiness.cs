namespace Amnion.Records.Vsock;

/// <summary>
/// Whether one direction of a socket may be tried again. Who found nothing to do waits for a later version than the one seen before
/// the attempt, so that readiness which came in between is never missed.
/// </summary>
sealed class Readiness
{
    readonly Lock _lock = new();
    long _version;
    TaskCompletionSource? _waiting;
    bool _closed;

    /// <summary>To be read before an attempt.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The kernel says that something changed.</summary>
    public void Signal()
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _version++;
            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.TrySetResult();
    }

    /// <summary>Ends every wait, now and later, with <see cref="ObjectDisposedException"/>.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }

        Signal();
    }

    /// <summary>Waits until there is a later version than <paramref name="seen"/>.</summary>
    /// <exception cref="ObjectDisposedException">Closed.</exception>
    public Task WaitAsync(long seen, CancellationToken cancellation)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(VsockStream));
            if (_version != seen)
            {
                return Task.CompletedTask;
            }

            _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return cancellation.CanBeCanceled ? _waiting.Task.WaitAsync(cancellation) : _waiting.Task;
        }
    }
}
