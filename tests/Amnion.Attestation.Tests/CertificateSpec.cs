using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Tests;

/// <summary>One certificate to make; the defaults are right for a CA of the test chain.</summary>
sealed class CertificateSpec(string name, ECDsa key)
{
    public string Name { get; set; } = name;

    public ECDsa Key { get; set; } = key;

    public string? IssuerName { get; set; }

    /// <summary>Signs instead of the issuer's key.</summary>
    public ECDsa? SignedBy { get; set; }

    public HashAlgorithmName Hash { get; set; } = HashAlgorithmName.SHA384;

    public DateTimeOffset NotBefore { get; set; } = TestChain.Epoch.AddDays(-1);

    public DateTimeOffset NotAfter { get; set; } = TestChain.Epoch.AddDays(1);

    public bool? Authority { get; set; } = true;

    public bool ConstraintsCritical { get; set; } = true;

    public int? PathLength { get; set; }

    public X509KeyUsageFlags? KeyUsage { get; set; } = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    public List<X509Extension> Extra { get; } = [];

    public byte[] Serial { get; set; } = [0x42, .. RandomNumberGenerator.GetBytes(8)];

    public byte[] Make(CertificateSpec issuer)
    {
        var request = new CertificateRequest("CN=" + Name, Key, Hash);
        if (Authority is { } authority)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, PathLength is not null, PathLength ?? 0, ConstraintsCritical));
        }

        if (KeyUsage is { } usage)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        }

        foreach (var extension in Extra)
        {
            request.CertificateExtensions.Add(extension);
        }

        var generator = X509SignatureGenerator.CreateForECDsa(SignedBy ?? issuer.Key);
        using var certificate = request.Create(new X500DistinguishedName("CN=" + (IssuerName ?? issuer.Name)), generator, NotBefore, NotAfter, Serial);
        return certificate.Export(X509ContentType.Cert);
    }
}
