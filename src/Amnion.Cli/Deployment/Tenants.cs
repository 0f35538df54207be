using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Amnion.Cli.State;
using Amnion.KeyBroker.Configuration;
using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>API keys, and the first caller: the tenant that `amnion up` asks the broker's administrator, which it is too, to admit.</summary>
static class Tenants
{
    /// <summary>The first caller's tenant.</summary>
    public const string First = "first";

    /// <summary>A quota that one caller's program does not meet by accident.</summary>
    public const int RequestsPerMinute = 6000;

    /// <summary>As above, prompt and completion.</summary>
    public const long TokensPerHour = 50_000_000;

    /// <summary>A fresh API key: 32 random bytes.</summary>
    public static string NewKey() => "sk-amnion-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>All that the broker and its releases know of a key.</summary>
    public static Digest HashOf(string key) => Digest.Sha256(Encoding.ASCII.GetBytes(key));

    /// <summary>The first caller's key, made on first use.</summary>
    public static string FirstKey(AmnionHome home)
    {
        if (!File.Exists(home.ApiKey))
        {
            AmnionHome.WriteSecret(home.ApiKey, Encoding.ASCII.GetBytes(NewKey() + "\n"));
        }

        return AmnionHome.ReadSecret(home.ApiKey).Trim();
    }

    /// <summary>Tells the broker the first caller's key by its hash; a key that was replaced since is revoked. False where this one was revoked.</summary>
    public static bool AdmitFirst(AmnionHome home, TenantRegistry registry)
    {
        var hash = HashOf(FirstKey(home));
        var known = registry.List();
        if (!known.Any(tenant => tenant.Id == First))
        {
            registry.Set(First, RequestsPerMinute, TokensPerHour);
        }

        if (Admitted(home) is { } before && before != hash && known.Any(tenant => tenant.KeyHashes.Contains(before)))
        {
            registry.RevokeKey(before);
        }

        if (known.Any(tenant => tenant.RevokedKeyHashes.Contains(hash)))
        {
            return false;
        }

        if (!known.Any(tenant => tenant.KeyHashes.Contains(hash)))
        {
            registry.AddKey(First, hash);
        }

        AmnionHome.WriteSecret(home.ApiKeyHash, Encoding.ASCII.GetBytes(hash.ToString() + "\n"));
        return true;
    }

    static Digest? Admitted(AmnionHome home) => File.Exists(home.ApiKeyHash) && Digest.TryParse(File.ReadAllText(home.ApiKeyHash).Trim(), out var hash) ? hash : null;
}
