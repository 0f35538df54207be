using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>A private PKI shaped like AWS's and documents signed under it. Change a spec before the first use of a result.</summary>
sealed class TestChain
{
    public static readonly DateTimeOffset Epoch = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    static readonly ECDsa s_root = Key();
    static readonly ECDsa s_region = Key();
    static readonly ECDsa s_instance = Key();
    static readonly ECDsa s_leaf = Key();

    public CertificateSpec Root { get; } = new("test.nitro-enclaves", s_root);

    public CertificateSpec Region { get; } = new("region.test.nitro-enclaves", s_region) { PathLength = 1 };

    public CertificateSpec Instance { get; } = new("i-0123.region.test.nitro-enclaves", s_instance) { PathLength = 0 };

    public CertificateSpec Leaf { get; } = new("i-0123-enc4567.region.test", s_leaf) { Authority = false, KeyUsage = X509KeyUsageFlags.DigitalSignature };

    /// <summary>Signs documents instead of the leaf's key.</summary>
    public ECDsa? DocumentKey { get; set; }

    byte[][]? _certificates;

    /// <summary>Root, region, instance, leaf.</summary>
    public byte[][] Certificates => _certificates ??= [Root.Make(Root), Region.Make(Root), Instance.Make(Region), Leaf.Make(Instance)];

    public TrustAnchor Anchor => TrustAnchor.FromCertificate(Certificates[0]);

    public NitroVerification Verification => new() { Anchor = Anchor, At = Epoch };

    public static byte[] Nonce { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static byte[] Binding { get; } = SHA512.HashData("binding"u8);

    public static ECDsa Key(string curve = "1.3.132.0.34") => ECDsa.Create(ECCurve.CreateFromValue(curve));

    public static Measurement Register(int index) => new(SHA384.HashData([(byte)index]));

    public NitroDocumentContent Content => new()
    {
        ModuleId = "i-0123-enc4567",
        Timestamp = Epoch,
        Pcrs = Enumerable.Range(0, 16).ToImmutableSortedDictionary(i => i, i => i is 0 or 1 or 2 or 8 or 16 ? Register(i) : Measurement.Zero(48)),
        Certificate = Certificates[3],
        CaBundle = [.. Certificates[..3].Select(der => (ReadOnlyMemory<byte>)der)],
        PublicKey = new byte[] { 1, 2, 3 },
        UserData = Binding,
        Nonce = Nonce,
    };

    public byte[] Document(Func<NitroDocumentContent, NitroDocumentContent>? change = null) =>
        NitroDocumentWriter.Write(change?.Invoke(Content) ?? Content, DocumentKey ?? (Leaf.Key.KeySize == 384 ? Leaf.Key : s_leaf));

    public AppraisalPolicy Policy => new()
    {
        Platform = AttestationPlatform.Local,
        TrustAnchor = Anchor.KeyDigest,
        Registers = new[] { 0, 1, 2, 8 }.ToImmutableSortedDictionary(i => i, i => ImmutableArray.Create(Register(i))),
    };

    public static AppraisalContext Context => new() { Nonce = Nonce, ExpectedUserData = Binding, Now = Epoch.AddSeconds(5) };

    /// <summary>A revocation list of the region CA.</summary>
    public byte[] RevocationList(CertificateSpec issuer, byte[][] serials, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, HashAlgorithmName? hash = null)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
        {
            builder.AddEntry(serial);
        }

        // Through the generator: the list's issuer must have the very name of the CA.
        var identifier = X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(RandomNumberGenerator.GetBytes(20));
        return builder.Build(new X500DistinguishedName("CN=" + issuer.Name), X509SignatureGenerator.CreateForECDsa(issuer.SignedBy ?? issuer.Key), 1, nextUpdate, hash ?? HashAlgorithmName.SHA384, identifier, thisUpdate);
    }
}
