using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Amnion.Cli.State;
using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>The first caller: a tenant with one API key, and the configuration releases that admit it.</summary>
static class Tenants
{
    /// <summary>Releases live two hours and are renewed every hour; a relay cannot serve yesterday's.</summary>
    static readonly TimeSpan s_lifetime = TimeSpan.FromHours(2);

    /// <summary>The first caller's key, made on first use: 32 random bytes.</summary>
    public static string FirstKey(AmnionHome home)
    {
        if (!File.Exists(home.ApiKey))
        {
            var key = "sk-amnion-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            AmnionHome.WriteSecret(home.ApiKey, Encoding.ASCII.GetBytes(key + "\n"));
        }

        var known = File.ReadAllText(home.ApiKey).Trim();
        AmnionHome.WriteSecret(home.ApiKeyHash, Encoding.ASCII.GetBytes(Digest.Sha256(Encoding.ASCII.GetBytes(known)).ToString() + "\n"));
        return known;
    }

    // The host issues releases and must not hold the key, only its hash.
    static Digest FirstKeyHash(AmnionHome home)
    {
        if (!File.Exists(home.ApiKeyHash))
        {
            _ = FirstKey(home);
        }

        return Digest.Parse(File.ReadAllText(home.ApiKeyHash).Trim());
    }

    /// <summary>A fresh signed release. Its version is the time of issue in milliseconds, which only grows.</summary>
    public static byte[] Issue(AmnionHome home, TimeProvider time)
    {
        using var signer = Signers.Configuration(home);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new ConfigurationRelease
        {
            Version = now,
            Issued = now,
            Expires = now + (long)s_lifetime.TotalMilliseconds,
            Tenants =
            [
                new Tenant
                {
                    Id = "first",
                    KeyHashes = [FirstKeyHash(home)],
                    RevokedKeyHashes = [],
                    RequestsPerMinute = 6000,
                    TokensPerHour = 50_000_000,
                },
            ],
        }.Sign(signer);
    }
}
