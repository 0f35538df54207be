namespace Amnion.Host;

/// <summary>Counts a transfer's attempts and says how long to wait before the next.</summary>
sealed class TransferAttempts(string description, long length, WeightsTransferOptions options)
{
    int _failed;
    long _counted;
    long _offset;

    /// <summary>The transfer has this many bytes now.</summary>
    public void Arrived(long offset)
    {
        _offset = offset;
        if (offset - _counted >= options.ProgressLength || offset == length)
        {
            (_failed, _counted) = (0, offset);
        }
    }

    /// <summary>The pause before the next attempt.</summary>
    /// <param name="reason">Why the last one ended.</param>
    /// <param name="random">A number from zero up to, not including, its argument.</param>
    /// <exception cref="WeightsException">There is no next attempt.</exception>
    public TimeSpan NextPause(WeightsInterruptedException reason, Func<int, int> random)
    {
        if (reason.After > options.LongestRetryAfter)
        {
            throw new WeightsException(HostCodes.WeightsUnreachable, $"{description}: {reason.Message} and asks to come back in {reason.After.Value.TotalSeconds:0} seconds; at most {options.LongestRetryAfter.TotalSeconds:0} are waited for.", reason);
        }

        if (++_failed >= options.MaxAttempts)
        {
            throw new WeightsException(HostCodes.WeightsUnreachable, $"{description} could not be read past byte {_offset} of {length} in {options.MaxAttempts} attempts: {reason.Message}.", reason);
        }

        var whole = Math.Min(options.LongestPause.TotalMilliseconds, options.FirstPause.TotalMilliseconds * (1L << Math.Min(_failed - 1, 30)));
        var pause = TimeSpan.FromMilliseconds((whole / 2) + random((int)(whole / 2) + 1));
        return reason.After is { } after && after > pause ? after + (pause / 2) : pause;
    }
}
