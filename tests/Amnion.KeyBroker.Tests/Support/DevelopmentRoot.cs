using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;

namespace Amnion.KeyBroker.Tests;

/// <summary>A root of P-384 with one leaf that signs documents, made for one test run.</summary>
sealed class DevelopmentRoot
{
    static readonly DateTimeOffset s_from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset s_until = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly byte[] _root;
    readonly byte[] _leaf;
    readonly ECDsa _leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public DevelopmentRoot()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=Amnion test root", rootKey, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var root = request.CreateSelfSigned(s_from, s_until);
        _root = root.RawData;

        var leaf = new CertificateRequest("CN=Amnion test enclave", _leafKey, HashAlgorithmName.SHA384);
        leaf.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leaf.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var certificate = leaf.Create(root, s_from, s_until, [0x11, .. RandomNumberGenerator.GetBytes(15)]);
        _leaf = certificate.RawData;
        Anchor = TrustAnchor.FromCertificate(_root).KeyDigest;
    }

    public static DevelopmentRoot Shared { get; } = new();

    /// <summary>What policies name.</summary>
    public Measurement Anchor { get; }

    public byte[] Sign(DateTimeOffset time, ImmutableSortedDictionary<int, Measurement> registers, ReadOnlyMemory<byte> userData, ReadOnlyMemory<byte> nonce)
    {
        // One key for parallel enclaves: ECDsa instances are not documented as safe for that.
        lock (_leafKey)
        {
            return NitroDocumentWriter.Write(
                new NitroDocumentContent
                {
                    ModuleId = "i-0123456789abcdef0-enc0123456789abcdef",
                    Timestamp = time,
                    Pcrs = registers,
                    Certificate = _leaf,
                    CaBundle = [_root],
                    UserData = userData,
                    Nonce = nonce,
                },
                _leafKey);
        }
    }
}
