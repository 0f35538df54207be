using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Models.Manifest;

/// <summary>Certificate chains of bundles.</summary>
static class OmsCertificates
{
    const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    const string Field = "verificationMaterial.x509CertificateChain";

    /// <summary>The signing certificate's key where its chain leads to a root and it may sign; otherwise null, with the reason in <paramref name="problems"/>.</summary>
    public static ECDsa? Verify(ImmutableArray<ImmutableArray<byte>> chain, OmsTrust.Roots roots, ImmutableArray<ModelProblem>.Builder problems)
    {
        var others = new X509Certificate2Collection();
        try
        {
            using var leaf = X509CertificateLoader.LoadCertificate(chain[0].AsSpan());
            foreach (var certificate in chain[1..])
            {
                others.Add(X509CertificateLoader.LoadCertificate(certificate.AsSpan()));
            }

            if (Builds(leaf, others, roots) && MaySign(leaf) && leaf.GetECDsaPublicKey() is { } key)
            {
                return key;
            }
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            // Not certificates, or a key on a curve that the platform does not know: reported below.
        }
        finally
        {
            foreach (var other in others)
            {
                other.Dispose();
            }
        }

        problems.Add(new ModelProblem(ModelCodes.CertificateChain, Field, "does not lead to a given root at the given time, or its certificate may not sign with an elliptic-curve key"));
        return null;
    }

    static bool Builds(X509Certificate2 leaf, X509Certificate2Collection others, OmsTrust.Roots roots)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = roots.At.UtcDateTime,
            VerificationTimeIgnored = false,
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(roots.Certificates);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        return chain.Build(leaf);
    }

    // RFC 5280 §4.2.1.3 and §4.2.1.12, both: a root that also signs certificates of servers or people does not thereby name model signers.
    static bool MaySign(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509KeyUsageExtension>().Any(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature))
        && certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(usage => usage.EnhancedKeyUsages.OfType<Oid>().Any(purpose => purpose.Value == CodeSigning));
}
