using Amnion.Records;

namespace Amnion.Enclave.Config;

/// <summary>
/// Counts what each tenant used: requests per minute and tokens per hour, in fixed windows of the monotonic clock. Counts outlive a
/// new configuration release, which may only change the limits. An estimate of a prompt's tokens is booked before the engine
/// sees it and corrected when the engine has counted, so that leaving early saves nothing. Generated tokens are booked when an answer
/// ends: answers running at the same time may together pass the limit by what they were allowed to generate.
/// </summary>
sealed class QuotaMeter(TimeProvider time)
{
    const int BytesPerToken = 3;

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

    /// <summary>What a text may have in tokens before anybody has counted: running text has a token for about four bytes, code and numbers more.</summary>
    public static long Estimate(long utf8Bytes) => (utf8Bytes / BytesPerToken) + 1;

    /// <summary>Books tokens, or takes back what an estimate was too much.</summary>
    public void AddTokens(string tenant, long tokens)
    {
        lock (_lock)
        {
            var usage = Find(tenant);
            Roll(ref usage.Tokens, ref usage.HourStart, Hour);
            usage.Tokens = Math.Max(0, usage.Tokens + tokens);
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
