using System.Collections.Frozen;
using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.Enclave.Config;

/// <summary>A verified configuration release, indexed by the hashes of its API keys.</summary>
sealed class Admitted
{
    readonly FrozenDictionary<Digest, Tenant> _tenants;
    readonly FrozenSet<Digest> _revoked;

    public Admitted(ConfigurationRelease release, Digest digest)
    {
        Release = release;
        Digest = digest;
        _tenants = release.Tenants.SelectMany(tenant => tenant.KeyHashes.Select(hash => (hash, tenant))).ToFrozenDictionary(pair => pair.hash, pair => pair.tenant);
        _revoked = release.Tenants.SelectMany(tenant => tenant.RevokedKeyHashes).ToFrozenSet();
    }

    /// <summary>The release.</summary>
    public ConfigurationRelease Release { get; }

    /// <summary>SHA-256 of its canonical content.</summary>
    public Digest Digest { get; }

    /// <summary>
    /// The tenant an API key acts for, or null; a revoked key acts for nobody even where it is also listed as valid. Only the
    /// key's hash is compared: keys are 32 random bytes, so how long the comparison takes tells nothing that helps to guess one.
    /// </summary>
    public Tenant? Find(ReadOnlySpan<byte> key, out bool revoked)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        var digest = Digest.FromBytes(hash);
        revoked = _revoked.Contains(digest);
        return revoked ? null : _tenants.GetValueOrDefault(digest);
    }
}
