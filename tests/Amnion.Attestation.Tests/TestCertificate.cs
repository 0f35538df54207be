using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Tests;

/// <summary>What one certificate of a test chain says; the defaults are right for a CA.</summary>
sealed class TestCertificate
{
    public bool? Authority { get; set; } = true;

    public int? PathLength { get; set; }

    public X509KeyUsageFlags? KeyUsage { get; set; } = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    public DateTimeOffset NotBefore { get; set; } = TestAuthority.Now.AddYears(-1);

    public DateTimeOffset NotAfter { get; set; } = TestAuthority.Now.AddYears(1);

    public byte[] Serial { get; set; } = [0x42, .. RandomNumberGenerator.GetBytes(8)];

    public string? IssuerName { get; set; }

    public TestAuthority? SignedBy { get; set; }

    public HashAlgorithmName? Hash { get; set; }

    public List<X509Extension> Extra { get; } = [];
}
