using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Tests;

/// <summary>A certificate and its key, of any kind, to build chains and lists of the shapes that manufacturers use.</summary>
sealed class TestAuthority
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    readonly AsymmetricAlgorithm _key;
    readonly HashAlgorithmName _hash;
    readonly RSASignaturePadding _padding;

    TestAuthority(AsymmetricAlgorithm key, HashAlgorithmName hash, RSASignaturePadding padding, string name)
    {
        (_key, _hash, _padding, Name) = (key, hash, padding, name);
    }

    public string Name { get; }

    public byte[] Der { get; private set; } = [];

    public Certificate Certificate => Certificate.Parse(Der);

    public TrustAnchor Anchor => TrustAnchor.FromCertificate(Der);

    public AsymmetricAlgorithm Key => _key;

    public X509SignatureGenerator Generator => _key is RSA rsa ? X509SignatureGenerator.CreateForRSA(rsa, _padding) : X509SignatureGenerator.CreateForECDsa((ECDsa)_key);

    /// <summary>A self-signed CA.</summary>
    public static TestAuthority Root(AsymmetricAlgorithm key, string name = "Root", HashAlgorithmName? hash = null, RSASignaturePadding? padding = null, Action<TestCertificate>? change = null)
    {
        var root = new TestAuthority(key, hash ?? HashAlgorithmName.SHA384, padding ?? RSASignaturePadding.Pss, name);
        root.Der = root.Sign(root, change);
        return root;
    }

    /// <summary>A certificate under this one: a CA unless <paramref name="change"/> says otherwise.</summary>
    public TestAuthority Issue(AsymmetricAlgorithm key, string name, Action<TestCertificate>? change = null)
    {
        var issued = new TestAuthority(key, _hash, _padding, name);
        issued.Der = Sign(issued, change);
        return issued;
    }

    public static void Leaf(TestCertificate certificate)
    {
        certificate.Authority = false;
        certificate.KeyUsage = X509KeyUsageFlags.DigitalSignature;
    }

    public byte[] RevocationList(byte[][] serials, DateTimeOffset? thisUpdate = null, DateTimeOffset? nextUpdate = null, HashAlgorithmName? hash = null)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
        {
            builder.AddEntry(serial, Now.AddDays(-1));
        }

        var identifier = X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(RandomNumberGenerator.GetBytes(20));
        return builder.Build(new X500DistinguishedName("CN=" + Name), Generator, 1, nextUpdate ?? Now.AddDays(30), hash ?? _hash, identifier, thisUpdate ?? Now.AddDays(-1));
    }

    byte[] Sign(TestAuthority subject, Action<TestCertificate>? change)
    {
        var wanted = new TestCertificate();
        change?.Invoke(wanted);
        var hash = wanted.Hash ?? _hash;
        var name = new X500DistinguishedName("CN=" + subject.Name);
        var request = subject._key is RSA rsa ? new CertificateRequest(name, rsa, hash, _padding) : new CertificateRequest(name, (ECDsa)subject._key, hash);
        if (wanted.Authority is { } authority)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, wanted.PathLength is not null, wanted.PathLength ?? 0, critical: true));
        }

        if (wanted.KeyUsage is { } usage)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        }

        foreach (var extension in wanted.Extra)
        {
            request.CertificateExtensions.Add(extension);
        }

        var signer = wanted.SignedBy ?? this;
        var generator = hash == HashAlgorithmName.SHA1 ? new Sha1Signatures(signer._key) : signer.Generator;
        using var certificate = request.Create(new X500DistinguishedName("CN=" + (wanted.IssuerName ?? Name)), generator, wanted.NotBefore, wanted.NotAfter, wanted.Serial);
        return certificate.Export(X509ContentType.Cert);
    }
}
