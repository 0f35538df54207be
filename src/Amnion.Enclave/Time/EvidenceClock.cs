namespace Amnion.Enclave.Time;

/// <summary>
/// Evidence time: the timestamp of the security module's last document, carried forward by the monotonic clock. It never runs
/// backwards. Where the monotonic clock runs fast, as an emulated machine's may, it stands still at the next document until the module's time
/// has caught up, so that the two never drift apart. The host's clock is not read.
/// </summary>
/// <param name="time">The clock that only counts.</param>
/// <param name="document">Makes a document and gives its timestamp, Unix milliseconds; null where <see cref="Refresh"/> has nothing to ask.</param>
sealed class EvidenceClock(TimeProvider time, Func<long>? document = null)
{
    readonly Lock _lock = new();
    long _anchor = -1;
    long _stamp;
    long _reached;

    /// <summary>Unix milliseconds.</summary>
    /// <exception cref="InvalidOperationException">No document was seen yet.</exception>
    public long Now
    {
        get
        {
            lock (_lock)
            {
                return _anchor >= 0 ? Read() : throw new InvalidOperationException("The clock has no Evidence time yet.");
            }
        }
    }

    /// <summary>The clock that only counts.</summary>
    public TimeProvider Monotonic => time;

    /// <summary>Takes a document's timestamp (Unix milliseconds) where it is not before the last one's.</summary>
    public void Anchor(long timestamp)
    {
        lock (_lock)
        {
            if (timestamp >= _anchor)
            {
                _reached = _anchor < 0 ? timestamp : Read();
                _anchor = timestamp;
                _stamp = time.GetTimestamp();
            }
        }
    }

    /// <summary>
    /// Asks the module for its time. The answer is a time from which something new may be valid: no later document has an earlier one, which
    /// cannot be said of <see cref="Now"/>. Where the module refuses, the clock goes on as it was.
    /// </summary>
    public long Refresh()
    {
        if (document is null)
        {
            return Now;
        }

        try
        {
            Anchor(document());
        }
        catch (EnclaveRefusedException)
        {
            return Now;
        }

        lock (_lock)
        {
            return _anchor;
        }
    }

    long Read() => Math.Max(_reached, _anchor + (long)time.GetElapsedTime(_stamp).TotalMilliseconds);
}
