using Amnion.Enclave.Time;
using Amnion.Records;

namespace Amnion.Enclave.Config;

/// <summary>The configuration release in force: who may call, until when. Taken only from the measured signer, never an older one.</summary>
/// <param name="signer">SHA-256 of the key that signs releases.</param>
/// <param name="clock">Evidence time.</param>
/// <param name="oneTenant">True where the engine keeps tenants no further apart than one process does: the first one stays the only one.</param>
sealed class ConfigurationStore(Digest signer, EvidenceClock clock, bool oneTenant)
{
    readonly Lock _lock = new();
    volatile Admitted? _current;
    string? _onlyTenant;

    /// <summary>The release in force; null before the first one and after it expired.</summary>
    public Admitted? Current => _current is { } current && current.Release.Expires > clock.Now ? current : null;

    /// <summary>Takes a signed release into force. The same version may be sent again as long as its content is the same.</summary>
    /// <exception cref="EnclaveRefusedException">Malformed, of another signer, expired, or older than the one in force.</exception>
    public void Accept(ReadOnlySpan<byte> envelope)
    {
        ConfigurationRelease? release;
        try
        {
            release = ConfigurationRelease.Verify(envelope, signer);
        }
        catch (RecordFormatException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.ConfigurationMalformed);
        }

        if (release is null)
        {
            throw new EnclaveRefusedException(EnclaveCodes.ConfigurationSigner);
        }

        var now = clock.Now;
        if (release.Expires <= now || release.Issued > now + MaxSkewMs)
        {
            throw new EnclaveRefusedException(EnclaveCodes.ConfigurationExpired);
        }

        lock (_lock)
        {
            // Expired or not, the highest version ever seen stays the floor.
            var digest = Digest.Sha256(release.ToJson());
            if (_current is { } current
                && (release.Version < current.Release.Version || (release.Version == current.Release.Version && digest != current.Digest)))
            {
                throw new EnclaveRefusedException(EnclaveCodes.ConfigurationOlder);
            }

            CheckTenants(release);
            _current = new Admitted(release, digest);
        }
    }

    void CheckTenants(ConfigurationRelease release)
    {
        if (!oneTenant || release.Tenants.IsEmpty)
        {
            return;
        }

        if (release.Tenants.Length > 1 || (_onlyTenant ?? release.Tenants[0].Id) != release.Tenants[0].Id)
        {
            throw new EnclaveRefusedException(EnclaveCodes.ConfigurationTenants);
        }

        _onlyTenant = release.Tenants[0].Id;
    }

    // The signer's clock and Evidence time may differ a little at the moment of issue.
    const long MaxSkewMs = 60_000;
}
