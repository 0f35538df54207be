using System.Collections.Immutable;
using Amnion.KeyBroker.Audit;
using Amnion.KeyBroker.Storage;
using Amnion.Records;

namespace Amnion.KeyBroker.Configuration;

/// <summary>
/// Who may call: tenants, hashes of their API keys, quotas and revocations, and the key that signs them into configuration
/// releases. This is the administrator's side, on the broker's own files like every other; each change is audited in its own
/// transaction. docs/specs/key-broker.md §6.
/// </summary>
public sealed class TenantRegistry
{
    // Base64url and the envelope around it make a third more of the content.
    const int MaxContentLength = (ConfigurationRelease.MaxLength * 3 / 4) - 1024;

    readonly KeyStore _store;
    readonly TimeProvider _time;

    internal TenantRegistry(KeyStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>SHA-256 of the signer's SubjectPublicKeyInfo, which an enclave's engine configuration names. The key is made at first use.</summary>
    /// <exception cref="KeyBrokerException">The stored configuration was altered.</exception>
    public Digest SignerDigest() => Digest.Sha256(Signer());

    /// <summary>Every tenant, in the order they were added.</summary>
    /// <exception cref="KeyBrokerException">The stored configuration was altered.</exception>
    public IReadOnlyList<Tenant> List() => _store.Change((transaction, root) => RequireWhole(transaction, root).Release.Tenants);

    /// <summary>Adds a tenant, or gives an existing one another quota.</summary>
    /// <param name="id">1 to 64 characters of [a-z0-9-].</param>
    /// <param name="requestsPerMinute">0 to 1,000,000.</param>
    /// <param name="tokensPerHour">Prompt and completion, 0 to 1,000,000,000,000.</param>
    /// <exception cref="KeyBrokerException">A value is outside its limits.</exception>
    public void Set(string id, int requestsPerMinute, long tokensPerHour)
    {
        ArgumentNullException.ThrowIfNull(id);
        Change(AuditDecision.TenantSet, [id, $"requests_per_minute={requestsPerMinute}", $"tokens_per_hour={tokensPerHour}"], tenants =>
        {
            var at = tenants.FindIndex(tenant => tenant.Id == id);
            return at < 0
                ? tenants.Add(new Tenant { Id = id, KeyHashes = [], RevokedKeyHashes = [], RequestsPerMinute = requestsPerMinute, TokensPerHour = tokensPerHour })
                : tenants.SetItem(at, tenants[at] with { RequestsPerMinute = requestsPerMinute, TokensPerHour = tokensPerHour });
        });
    }

    /// <summary>Admits callers with an API key. The broker never sees the key, only its SHA-256.</summary>
    /// <exception cref="KeyBrokerException">The tenant is unknown, or the key is known or was revoked.</exception>
    public void AddKey(string id, Digest hash)
    {
        Change(AuditDecision.ApiKeyAdded, [id, hash.ToString()], tenants =>
        {
            var at = Find(tenants, id);
            return tenants.Any(tenant => tenant.KeyHashes.Contains(hash) || tenant.RevokedKeyHashes.Contains(hash))
                ? throw new KeyBrokerException(KeyBrokerCodes.ApiKeyExists, "the API key is some tenant's already, or was revoked; make another")
                : tenants.SetItem(at, tenants[at] with { KeyHashes = tenants[at].KeyHashes.Add(hash) });
        });
    }

    /// <summary>Refuses an API key from the next release on, with a code of its own. It never comes back.</summary>
    /// <exception cref="KeyBrokerException">No tenant has that key.</exception>
    public void RevokeKey(Digest hash)
    {
        Change(AuditDecision.ApiKeyRevoked, [hash.ToString()], tenants =>
        {
            var at = tenants.FindIndex(tenant => tenant.KeyHashes.Contains(hash));
            return at < 0
                ? throw new KeyBrokerException(KeyBrokerCodes.TenantUnknown, "no tenant has that API key; pass the hash that is listed")
                : tenants.SetItem(at, tenants[at] with { KeyHashes = tenants[at].KeyHashes.Remove(hash), RevokedKeyHashes = tenants[at].RevokedKeyHashes.Add(hash) });
        });
    }

    /// <summary>Removes a tenant with all its API keys.</summary>
    /// <exception cref="KeyBrokerException">The tenant is unknown.</exception>
    public void Remove(string id) => Change(AuditDecision.TenantRemoved, [id], tenants => tenants.RemoveAt(Find(tenants, id)));

    /// <summary>The version alone: what was issued last, or the change since; 0 before first use.</summary>
    internal long Version() => _store.Read(ConfigurationTable.Version);

    /// <summary>The signer's SubjectPublicKeyInfo.</summary>
    internal byte[] Signer() => _store.Change((transaction, root) => RequireWhole(transaction, root).Signer);

    /// <summary>
    /// Signs a release valid from now and records it, all or nothing. Its version is the next one and never below the clock, so that
    /// not even a database restored from a backup issues a version again.
    /// </summary>
    internal (ConfigurationRelease Release, byte[] Signed) Issue(TimeSpan lifetime) => _store.Change((transaction, root) =>
    {
        var old = Require(transaction, root);
        var release = Next(old.Release, lifetime);
        using var secret = root.Unwrap(old.Wrapped, old.Binding);
        using var key = ConfigurationKey.Open(secret);
        Put(transaction, root, release, old.Signer, secret, AuditDecision.ConfigurationIssued, []);
        return (release, release.Sign(key));
    });

    /// <summary>True where the row is not what the log last recorded: an older one was put back.</summary>
    internal static bool IsOther(BrokerTransaction transaction, IReadOnlyList<AuditRecord> records)
    {
        var last = records.LastOrDefault(record => record.KeyId == AuditRecord.Configuration);
        try
        {
            var row = ConfigurationTable.Find(transaction);
            return last?.KeyVersion != row?.Release.Version || (last?.Policy ?? default) != (row?.ContentDigest ?? default);
        }
        catch (KeyBrokerException)
        {
            return true;
        }
    }

    static int Find(ImmutableList<Tenant> tenants, string id) =>
        tenants.FindIndex(tenant => tenant.Id == id) is >= 0 and var at ? at : throw new KeyBrokerException(KeyBrokerCodes.TenantUnknown, "there is no such tenant; add it first");

    void Change(AuditDecision decision, ImmutableArray<string> what, Func<ImmutableList<Tenant>, ImmutableList<Tenant>> change) => _store.Change((transaction, root) =>
    {
        var old = Require(transaction, root);
        using var secret = root.Unwrap(old.Wrapped, old.Binding);
        var release = Next(old.Release with { Tenants = [.. change([.. old.Release.Tenants])] }, ConfigurationIssuer.Lifetime);
        RequireValid(release);
        Put(transaction, root, release, old.Signer, secret, decision, what);
        return 0;
    });

    /// <summary>The row; made with a fresh signing key and no tenants at first use.</summary>
    ConfigurationRow Require(BrokerTransaction transaction, RootKey root)
    {
        if (ConfigurationTable.Find(transaction) is { } row)
        {
            return row;
        }

        var (secret, signer) = ConfigurationKey.Create();
        using (secret)
        {
            var first = Next(new ConfigurationRelease { Version = 0, Issued = 0, Expires = 0, Tenants = [] }, ConfigurationIssuer.Lifetime);
            return Put(transaction, root, first, signer, secret, AuditDecision.SignerCreated, [Digest.Sha256(signer).ToString()]);
        }
    }

    // The signing key opens only beside the content and public key it was wrapped with.
    ConfigurationRow RequireWhole(BrokerTransaction transaction, RootKey root)
    {
        var row = Require(transaction, root);
        root.Unwrap(row.Wrapped, row.Binding).Dispose();
        return row;
    }

    ConfigurationRow Put(BrokerTransaction transaction, RootKey root, ConfigurationRelease release, byte[] signer, Sealing.SecretBytes secret, AuditDecision decision, ImmutableArray<string> what)
    {
        var row = new ConfigurationRow(release, signer, []);
        row = row with { Wrapped = root.Wrap(secret, row.Binding) };
        ConfigurationTable.Put(transaction, row);
        AuditLog.Append(transaction, root, _time.GetUtcNow(), new AuditEntry(decision, AuditRecord.Configuration, release.Version, row.ContentDigest) { Reasons = what });
        return row;
    }

    ConfigurationRelease Next(ConfigurationRelease last, TimeSpan lifetime)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return last with { Version = Math.Max(checked(last.Version + 1), now), Issued = now, Expires = now + (long)lifetime.TotalMilliseconds };
    }

    static void RequireValid(ConfigurationRelease release)
    {
        var content = release.ToJson();
        try
        {
            ConfigurationRelease.Parse(content);
        }
        catch (RecordFormatException e)
        {
            throw new KeyBrokerException(KeyBrokerCodes.TenantInvalid, $"no release can say this: {e.Message}", e);
        }

        if (content.Length > MaxContentLength)
        {
            throw new KeyBrokerException(KeyBrokerCodes.TenantInvalid, $"the configuration would be {content.Length} bytes; a release holds {MaxContentLength}");
        }
    }
}
