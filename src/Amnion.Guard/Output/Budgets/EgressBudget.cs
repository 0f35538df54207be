namespace Amnion.Guard.Output.Budgets;

/// <summary>
/// How much may leave for each tenant in a time: bytes and tokens of answers, over all its requests. A stolen model leaves slowly or not at all. Thread-safe; lives in the enclave, so the limit across restarts and copies is the query budget's.
/// </summary>
public sealed class EgressBudget
{
    /// <summary>The most tenants that are told apart; further ones are refused until a period ends.</summary>
    public const int MostTenants = 100_000;

    readonly Lock _lock = new();
    readonly Dictionary<string, (long Bytes, long Tokens)> _spent = new(StringComparer.Ordinal);
    readonly TimeProvider _time;
    readonly TimeSpan _period;
    long _current = long.MinValue;

    /// <summary>A budget for each tenant, new in each period.</summary>
    /// <param name="bytes">UTF-8 bytes of answers in a period.</param>
    /// <param name="tokens">Tokens of answers in a period.</param>
    /// <param name="period">How long a period is; periods are counted from the Unix epoch.</param>
    /// <param name="time">The clock.</param>
    public EgressBudget(long bytes, long tokens, TimeSpan period, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.FromSeconds(1));
        ArgumentNullException.ThrowIfNull(time);
        Bytes = bytes;
        Tokens = tokens;
        _period = period;
        _time = time;
    }

    /// <summary>UTF-8 bytes a period.</summary>
    public long Bytes { get; }

    /// <summary>Tokens a period.</summary>
    public long Tokens { get; }

    /// <summary>Takes from a tenant's budget before a piece of an answer is sent. False where either part does not suffice; then nothing is taken and the piece must not leave (<see cref="OutputCodes.EgressBudget"/>).</summary>
    public bool TryTake(string tenant, long bytes, long tokens)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        lock (_lock)
        {
            // A clock that is set back opens no period twice.
            var now = _time.GetUtcNow().Ticks / _period.Ticks;
            if (now > _current)
            {
                _current = now;
                _spent.Clear();
            }

            var isKnown = _spent.TryGetValue(tenant, out var spent);
            if ((!isKnown && _spent.Count >= MostTenants) || bytes > Bytes - spent.Bytes || tokens > Tokens - spent.Tokens)
            {
                return false;
            }

            _spent[tenant] = (spent.Bytes + bytes, spent.Tokens + tokens);
            return true;
        }
    }
}
