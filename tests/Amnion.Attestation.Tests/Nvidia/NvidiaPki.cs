using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>A private PKI shaped like NVIDIA's: a device chain of five certificates and a manifest chain of four. Change a spec before the first use of a result.</summary>
sealed class NvidiaPki
{
    public static readonly byte[] Firmware = SHA384.HashData("firmware"u8);

    static readonly ECDsa[] s_keys = [.. Enumerable.Range(0, 12).Select(_ => TestChain.Key())];

    byte[][]? _device;
    byte[][]? _rim;

    public NvidiaPki(bool isSwitch = false)
    {
        var chip = isSwitch ? "LS_10" : "GH100";
        Root = new("Test Device Identity CA", s_keys[0]);
        Identity = new("Test Identity", s_keys[1]);
        Provisioner = new("Test Provisioner", s_keys[2]);
        BootRom = new($"{chip} A01 GSP BROM, SERIALNUMBER=41DEADBEEF", s_keys[3]);
        Leaf = new($"{chip} A01 GSP FMC LF", s_keys[4]) { Authority = null, KeyUsage = X509KeyUsageFlags.DigitalSignature, Serial = [0x42, 1, 2, 3] };
        Leaf.Extra.Add(CompositeDeviceId(Firmware));
        RimRoot = new("Test RIM Root", s_keys[5]);
        RimCa = new("Test RIM CA", s_keys[6]);
        RimSigner = new("Test RIM L3", s_keys[7]) { PathLength = 0 };
        RimLeaf = new("Test RIM Signer", s_keys[8]) { Authority = false, KeyUsage = X509KeyUsageFlags.DigitalSignature };
    }

    public CertificateSpec Root { get; }

    public CertificateSpec Identity { get; }

    public CertificateSpec Provisioner { get; }

    public CertificateSpec BootRom { get; }

    public CertificateSpec Leaf { get; }

    public CertificateSpec RimRoot { get; }

    public CertificateSpec RimCa { get; }

    public CertificateSpec RimSigner { get; }

    public CertificateSpec RimLeaf { get; }

    /// <summary>Leaf first.</summary>
    public byte[][] Device => _device ??= [Leaf.Make(BootRom), BootRom.Make(Provisioner), Provisioner.Make(Identity), Identity.Make(Root), Root.Make(Root)];

    /// <summary>Leaf first.</summary>
    public byte[][] Rim => _rim ??= [RimLeaf.Make(RimSigner), RimSigner.Make(RimCa), RimCa.Make(RimRoot), RimRoot.Make(RimRoot)];

    public NvidiaChain Chain => NvidiaChain.FromDer([.. Device.Select(der => (ReadOnlyMemory<byte>)der)]);

    public ImmutableArray<TrustAnchor> DeviceAnchors => [TrustAnchor.FromCertificate(Device[^1])];

    public ImmutableArray<TrustAnchor> RimAnchors => [TrustAnchor.FromCertificate(Rim[^1])];

    public string Pem => string.Join('\n', Device.Select(der => PemEncoding.WriteString("CERTIFICATE", der)));

    /// <summary>Good answers about every CA of both chains.</summary>
    public List<OcspSpec> Answers => [.. Pairs(Device, [Leaf, BootRom, Provisioner, Identity, Root], 1), .. Pairs(Rim, [RimLeaf, RimSigner, RimCa, RimRoot], 0)];

    public static ECDsa Spare(int index) => s_keys[9 + index];

    /// <summary>The DICE extension of Hopper: version, some key, SHA-384.</summary>
    public static X509Extension CompositeDeviceId(byte[] digest) => new("2.23.133.5.4.1", DerParts.Sequence(writer =>
    {
        writer.WriteInteger(1);
        writer.WriteEncodedValue(s_keys[3].ExportSubjectPublicKeyInfo());
        WriteFirmware(writer, digest);
    }), critical: false);

    /// <summary>The DICE extension of Blackwell, with operational flags.</summary>
    public static X509Extension TcbInfo(byte[] digest, byte flags) => new("2.23.133.5.4.1.1", DerParts.Sequence(writer =>
    {
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, "NVIDIA", new Asn1Tag(TagClass.ContextSpecific, 0));
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 6)))
        {
            WriteFirmware(writer, digest);
            WriteFirmware(writer, new byte[48]);
        }

        writer.WriteBitString([flags, 0, 0, 1], 0, new Asn1Tag(TagClass.ContextSpecific, 7));
    }), critical: false);

    static void WriteFirmware(AsnWriter writer, byte[] digest)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("2.16.840.1.101.3.4.2.2");
            writer.WriteOctetString(digest);
        }
    }

    static IEnumerable<OcspSpec> Pairs(byte[][] chain, CertificateSpec[] specs, int first)
    {
        for (var i = first; i < chain.Length - 1; i++)
        {
            yield return new OcspSpec(chain[i], chain[i + 1], specs[i + 1].Key);
        }
    }
}
