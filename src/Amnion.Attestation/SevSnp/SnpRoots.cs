using System.Collections.Immutable;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.SevSnp;

/// <summary>AMD's roots, one for each product line, for those who write policies, and the certificates below them.</summary>
public static class SnpRoots
{
    static readonly Lazy<ImmutableArray<Certificate>> s_parsed = new(() => [.. Certificates.Select(der => Certificate.Parse(der))]);

    /// <summary>ARK-Milan, valid from 2020-10-22 to 2045-10-22.</summary>
    public static TrustAnchor Milan { get; } = new()
    {
        CertificateDigest = Measurement.FromHex("69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd"),
        KeyDigest = Measurement.FromHex("9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9"),
    };

    /// <summary>ARK-Genoa, valid from 2022-01-26 to 2047-01-26; also of Bergamo and Siena.</summary>
    public static TrustAnchor Genoa { get; } = new()
    {
        CertificateDigest = Measurement.FromHex("4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1"),
        KeyDigest = Measurement.FromHex("429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831"),
    };

    /// <summary>ARK-Turin, valid from 2023-05-15 to 2048-05-15.</summary>
    public static TrustAnchor Turin { get; } = new()
    {
        CertificateDigest = Measurement.FromHex("1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a"),
        KeyDigest = Measurement.FromHex("4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08"),
    };

    /// <summary>All three, oldest first.</summary>
    public static ImmutableArray<TrustAnchor> All { get; } = [Milan, Genoa, Turin];

    /// <summary>ARK, ASK and ASVK of every product line, DER. They complete chains and are trusted by no one for that.</summary>
    public static ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; } = [.. SnpAuthorities.All.Select(text => (ReadOnlyMemory<byte>)Convert.FromBase64String(text))];

    internal static ImmutableArray<Certificate> Parsed => s_parsed.Value;

    /// <summary>The root of a product line.</summary>
    public static TrustAnchor Of(SnpProduct product) => product switch
    {
        SnpProduct.Milan => Milan,
        SnpProduct.Genoa => Genoa,
        SnpProduct.Turin => Turin,
        _ => throw new ArgumentOutOfRangeException(nameof(product), product, "Not a product line of this version."),
    };

    /// <summary>The product line whose root has this key; null for a key that is none of AMD's.</summary>
    /// <param name="keyDigest">SHA-256 of the SubjectPublicKeyInfo.</param>
    public static SnpProduct? ProductOf(Measurement keyDigest) =>
        keyDigest == Milan.KeyDigest ? SnpProduct.Milan : keyDigest == Genoa.KeyDigest ? SnpProduct.Genoa : keyDigest == Turin.KeyDigest ? SnpProduct.Turin : null;
}
