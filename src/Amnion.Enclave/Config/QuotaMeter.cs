using Amnion.Records;

namespace Amnion.Enclave.Config;

/// <summary>
/// Counts what each tenant used: requests per minute and tokens per hour, in fixed windows of the monotonic clock. Counts outlive a
/// new configuration release, which may only change the limits. Tokens are booked when an answer ends, so answers running at the
/// same time may together pass the limit by what they were allowed to generate.
/// </summary>
sealed class QuotaMeter(TimeProvider time)
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    readonly Dictionary<string, Usage> _tenants = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    /// <summary>Counts one request; tells what stands against it and for how long.</summary>
    public QuotaVerdict TryRequest(Tenant tenant, out TimeSpan retryAfter)
    {
        lock (_lock)
        {
            var usage = Find(tenant.Id);
            Roll(ref usage.Requests, ref usage.MinuteStart, Minute);
            Roll(ref usage.Tokens, ref usage.HourStart, Hour);
            if (usage.Tokens >= tenant.TokensPerHour)
            {
                retryAfter = Hour - time.GetElapsedTime(usage.HourStart);
                return QuotaVerdict.TokensExhausted;
            }

            if (usage.Requests >= tenant.RequestsPerMinute)
            {
                retryAfter = Minute - time.GetElapsedTime(usage.MinuteStart);
                return QuotaVerdict.TooManyRequests;
            }

            usage.Requests++;
            retryAfter = TimeSpan.Zero;
            return QuotaVerdict.Allowed;
        }
    }

    /// <summary>Books an answer's tokens.</summary>
    public void AddTokens(string tenant, long tokens)
    {
        lock (_lock)
        {
            var usage = Find(tenant);
            Roll(ref usage.Tokens, ref usage.HourStart, Hour);
            usage.Tokens += tokens;
        }
    }

    Usage Find(string tenant)
    {
        if (!_tenants.TryGetValue(tenant, out var usage))
        {
            // Bounded: tenants come from signed releases of at most 1024 tenants each; a tenant no release names is never looked up.
            _tenants[tenant] = usage = new Usage { MinuteStart = time.GetTimestamp(), HourStart = time.GetTimestamp() };
        }

        return usage;
    }

    void Roll(ref long count, ref long start, TimeSpan window)
    {
        if (time.GetElapsedTime(start) >= window)
        {
            count = 0;
            start = time.GetTimestamp();
        }
    }

    sealed class Usage
    {
        public long Requests;
        public long Tokens;
        public long MinuteStart;
        public long HourStart;
    }
}
