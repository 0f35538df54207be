namespace Amnion.Enclave.Time;

/// <summary>
/// Evidence time: the timestamp of the security module's last document, carried forward by the monotonic clock. It never runs
/// backwards and never slower than the monotonic clock, so a lifetime counted by it is never longer than it says. The host's
/// clock is not read.
/// </summary>
sealed class EvidenceClock(TimeProvider time)
{
    readonly Lock _lock = new();
    long _anchor = -1;
    long _stamp;

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

    /// <summary>Takes a document's timestamp (Unix milliseconds) where it is ahead of this clock.</summary>
    public void Anchor(long timestamp)
    {
        lock (_lock)
        {
            if (_anchor < 0 || timestamp > Read())
            {
                _anchor = timestamp;
                _stamp = time.GetTimestamp();
            }
        }
    }

    long Read() => _anchor + (long)time.GetElapsedTime(_stamp).TotalMilliseconds;
}
