namespace Amnion.KeyBroker.KeyRelease;

/// <summary>At most so many decisions in any one-minute window, on the monotonic clock.</summary>
sealed class DecisionBudget(TimeProvider time, int perMinute)
{
    static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    long _start = time.GetTimestamp();
    int _used;

    /// <summary>True where one more decision may be made now.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_start) >= s_window)
            {
                _start = time.GetTimestamp();
                _used = 0;
            }

            if (_used >= perMinute)
            {
                return false;
            }

            _used++;
            return true;
        }
    }
}
