using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;

namespace Amnion.Enclave.Tests;

/// <summary>A security module with real registers and real signatures under a root of its own. It keeps a trace of what it was asked.</summary>
sealed class FakeNsm(TimeProvider time) : INsm
{
    static readonly DateTimeOffset Epoch = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly ECDsa s_rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    static readonly ECDsa s_leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    static readonly byte[] s_root = Certificate("root", s_rootKey, true);
    static readonly byte[] s_leaf = Certificate("leaf", s_leafKey, false);

    readonly long _start = time.GetTimestamp();

    public PcrBank Registers { get; } = new(new Dictionary<int, Measurement> { [0] = new(SHA384.HashData("image"u8)) });

    public List<NsmRequest> Trace { get; } = [];

    /// <summary>Changes an answer, or returns null to give the real one.</summary>
    public Func<NsmRequest, NsmResponse?>? Interfere { get; set; }

    /// <summary>The module's clock: it moves with the monotonic one.</summary>
    public DateTimeOffset Now => Epoch + (time.GetElapsedTime(_start) * Speed);

    /// <summary>How fast the module's clock runs beside the monotonic one.</summary>
    public double Speed { get; init; } = 1;

    public static TrustAnchor Anchor => TrustAnchor.FromCertificate(s_root);

    public NsmResponse Transact(NsmRequest request)
    {
        lock (Trace)
        {
            Trace.Add(request);
            return Interfere?.Invoke(request) ?? request switch
            {
                NsmRequest.DescribePcr describe => Registers.Describe(describe.Index),
                NsmRequest.ExtendPcr extend => Registers.Extend(extend.Index, extend.Data.Span),
                NsmRequest.LockPcr locking => Registers.Lock(locking.Index),
                NsmRequest.Attestation attestation => new NsmResponse.Attestation(Sign(attestation)),
                _ => new NsmResponse.Error(NsmErrorCode.InvalidOperation),
            };
        }
    }

    /// <summary>Documents as QEMU's module makes them.</summary>
    public bool SignsNothing { get; set; }

    byte[] Sign(NsmRequest.Attestation request)
    {
        var content = new NitroDocumentContent
        {
            ModuleId = "i-0-enc1",
            Timestamp = Now,
            Pcrs = Registers.LockedValues,
            Certificate = s_leaf,
            CaBundle = [s_root],
            UserData = request.UserData,
            Nonce = request.Nonce,
            PublicKey = request.PublicKey,
        };
        return SignsNothing ? UnsignedNitroDocument.Write(content) : NitroDocumentWriter.Write(content, s_leafKey);
    }

    static byte[] Certificate(string name, ECDsa key, bool authority)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(authority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, true));
        using var certificate = request.Create(new X500DistinguishedName("CN=root"), X509SignatureGenerator.CreateForECDsa(s_rootKey), Epoch.AddDays(-1), Epoch.AddDays(1), [0x42, (byte)name.Length, (byte)name[0]]);
        return certificate.Export(X509ContentType.Cert);
    }
}
