using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Models.Manifest;

/// <summary>Whom a verifier trusts to sign models.</summary>
public abstract record OmsTrust
{
    private protected OmsTrust()
    {
    }

    /// <summary>The holder of one key.</summary>
    /// <param name="PublicKey">P-256, P-384 or P-521.</param>
    public sealed record Key(ECDsa PublicKey) : OmsTrust;

    /// <summary>Holders of certificates under these roots.</summary>
    /// <param name="Certificates">The roots; nothing else is trusted, in particular not the operating system's.</param>
    /// <param name="At">The time at which certificates must be valid.</param>
    public sealed record Roots(X509Certificate2Collection Certificates, DateTimeOffset At) : OmsTrust;
}
