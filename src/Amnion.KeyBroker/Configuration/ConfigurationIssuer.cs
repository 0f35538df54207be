using Amnion.Records;
using Microsoft.Extensions.Logging;

namespace Amnion.KeyBroker.Configuration;

/// <summary>
/// The release in force: signed anew when the tenants changed, and when the last one is a few minutes old, never more often
/// than that, since anybody may ask. It is kept in memory only; a restart issues another version.
/// </summary>
sealed class ConfigurationIssuer(TenantRegistry tenants, TimeProvider time, ILogger logger)
{
    /// <summary>How long a release is valid: hosts fetch one every hour, so one may fail, and a host that withholds a revocation does so for two hours at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    /// <summary>Age at which the next request gets a fresh one. It bounds the audit log's growth: 144 records a day.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(10);

    readonly Lock _gate = new();
    ConfigurationRelease? _release;
    byte[] _signed = [];

    /// <summary>The signed envelope.</summary>
    /// <exception cref="KeyBrokerException">The stored configuration was altered.</exception>
    public byte[] Current()
    {
        lock (_gate)
        {
            if (_release is null || _release.Version != tenants.Version() || !IsFresh(_release))
            {
                (_release, _signed) = tenants.Issue(Lifetime);
                Log.Issued(logger, _release.Version, _release.Tenants.Length);
            }

            return _signed;
        }
    }

    // A clock that was set back makes the release one of the future, which enclaves refuse.
    bool IsFresh(ConfigurationRelease release) =>
        time.GetUtcNow().ToUnixTimeMilliseconds() - release.Issued is >= 0 and var age && age < RenewAfter.TotalMilliseconds;
}
