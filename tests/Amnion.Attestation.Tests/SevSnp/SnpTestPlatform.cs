using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Tests.SevSnp;

/// <summary>A private authority shaped like AMD's, endorsement keys under it and reports signed with them.</summary>
sealed class SnpTestPlatform
{
    public static readonly DateTimeOffset Now = TestAuthority.Now;

    static readonly RSA s_ark = RSA.Create(4096);
    static readonly RSA s_ask = RSA.Create(4096);
    static readonly ECDsa s_vek = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    /// <summary>A Milan platform with a VCEK; every part of its TCB differs from the others.</summary>
    public static SnpTestPlatform Milan { get; } = new("Milan", 0x19, 0x01, 0xdb18_0000_0000_0004);

    public static SnpTestPlatform Genoa { get; } = new("Genoa", 0x19, 0xa0, 0x5419_0000_0000_000a);

    /// <summary>Turin's own TCB layout and eight bytes of chip identifier.</summary>
    public static SnpTestPlatform Turin { get; } = new("Turin", 0x1a, 0x02, 0x5100_0000_0403_0201);

    readonly byte _family;
    readonly byte _model;
    readonly ulong _tcb;

    public SnpTestPlatform(string product, byte family, byte model, ulong tcb)
    {
        (Product, _family, _model, _tcb) = (product, family, model, tcb);
        Ark = TestAuthority.Root(s_ark, "ARK-" + product);
        Ask = Ark.Issue(s_ask, "SEV-" + product, certificate => certificate.PathLength = 0);
        Asvk = Ark.Issue(s_ask, "SEV-VLEK-" + product, certificate => certificate.PathLength = 0);
    }

    public string Product { get; }

    public TestAuthority Ark { get; }

    public TestAuthority Ask { get; }

    public TestAuthority Asvk { get; }

    public static byte[] Binding { get; } = SHA512.HashData("binding"u8);

    public byte[] ChipId => [.. Enumerable.Range(1, IsTurin ? 8 : 64).Select(i => (byte)i), .. new byte[IsTurin ? 56 : 0]];

    public static string Measurement { get; } = Convert.ToHexStringLower(SHA384.HashData("guest"u8));

    bool IsTurin => _family == 0x1a;

    /// <summary>The VCEK's extensions as AMD writes them; <paramref name="change"/> sees them by the last part of their identifier.</summary>
    public byte[] Vcek(Action<Dictionary<string, byte[]>>? change = null, Action<TestCertificate>? certificate = null, string name = "SEV-VCEK", AsymmetricAlgorithm? key = null, TestAuthority? issuer = null) =>
        Vek(issuer ?? Ask, name, Product == "Milan" ? "Milan-B0" : Product, extensions => { extensions["4"] = ChipId[..(IsTurin ? 8 : 64)]; change?.Invoke(extensions); }, certificate, key);

    public byte[] Vlek(Action<Dictionary<string, byte[]>>? change = null, TestAuthority? issuer = null, string name = "SEV-VLEK") =>
        Vek(issuer ?? Asvk, name, Product, extensions => { extensions["5"] = Text("CN=cc-test.example"); change?.Invoke(extensions); }, null, null);

    public static byte[] Integer(int value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteInteger(value);
        return writer.Encode();
    }

    public static byte[] Text(string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.IA5String, value);
        return writer.Encode();
    }

    /// <summary>A report of the given version; <paramref name="change"/> runs before the signature, <paramref name="after"/> behind it.</summary>
    public byte[] Report(int version = 3, Action<byte[]>? change = null, Action<byte[]>? after = null, ECDsa? key = null)
    {
        var report = new byte[SnpReport.Length];
        BinaryPrimitives.WriteInt32LittleEndian(report, version);
        BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(0x08), 0x20000);
        report[0x34] = 1;
        foreach (var tcb in new[] { 0x38, 0x180, 0x1e0, 0x1f0 })
        {
            BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(tcb), _tcb);
        }

        report[0x40] = 0x24;
        Binding.CopyTo(report, 0x50);
        Convert.FromHexString(Measurement).CopyTo(report, 0x90);
        report.AsSpan(0x160, 32).Fill(0xff);
        ChipId.CopyTo(report, 0x1a0);
        new byte[] { 29, 55, 1, 0, 29, 55, 1, 0 }.CopyTo(report, 0x1e8);
        if (version >= 3)
        {
            new byte[] { _family, _model, 1 }.CopyTo(report, 0x188);
        }

        change?.Invoke(report);
        Sign(report, key ?? s_vek);
        after?.Invoke(report);
        return report;
    }

    /// <summary>r and s, 72 bytes little-endian each.</summary>
    public static void Sign(byte[] report, ECDsa? key = null)
    {
        var signature = (key ?? s_vek).SignData(report.AsSpan(0, SnpReport.SignedLength), HashAlgorithmName.SHA384);
        var half = signature.Length / 2;
        report.AsSpan(0x2a0, 144).Clear();
        for (var i = 0; i < half; i++)
        {
            report[0x2a0 + i] = signature[half - 1 - i];
            report[0x2a0 + 72 + i] = signature[^(i + 1)];
        }
    }

    public byte[] RevocationList(params byte[][] serials) => Ark.RevocationList(serials);

    public SnpVerification Verification(params byte[][] certificates) => new()
    {
        Anchors = [Ark.Anchor],
        At = Now,
        Endorsements = new Endorsements { Certificates = Memory([.. certificates.Length == 0 ? [Vcek()] : certificates, Ask.Der, Asvk.Der, Ark.Der]), RevocationLists = Memory([RevocationList()]) },
    };

    public AppraisalPolicy Policy => new()
    {
        Platform = AttestationPlatform.Snp,
        TrustAnchor = Ark.Anchor.KeyDigest,
        Values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("measurement", [Measurement]),
    };

    public AppraisalContext Context => new() { Now = Now, ExpectedUserData = Binding, Endorsements = Verification().Endorsements };

    public static ImmutableArray<ReadOnlyMemory<byte>> Memory(byte[][] items) => [.. items.Select(item => (ReadOnlyMemory<byte>)item)];

    byte[] Vek(TestAuthority issuer, string name, string product, Action<Dictionary<string, byte[]>> change, Action<TestCertificate>? certificate, AsymmetricAlgorithm? key)
    {
        // Identifiers of patch levels by the byte of the TCB they stand for.
        string[] parts = IsTurin ? ["9", "1", "2", "3", "5", "6", "7", "8"] : ["1", "2", "4", "5", "6", "7", "3", "8"];
        var extensions = new Dictionary<string, byte[]> { ["1"] = Integer(IsTurin ? 1 : 0), ["2"] = Text(product) };
        for (var i = 0; i < parts.Length; i++)
        {
            extensions["3." + parts[i]] = Integer((byte)(_tcb >> (8 * i)));
        }

        change(extensions);
        return issuer.Issue(key ?? s_vek, name, wanted =>
        {
            wanted.Authority = null;
            wanted.KeyUsage = null;
            wanted.Serial = [0];
            wanted.Extra.AddRange(extensions.Select(extension => new X509Extension("1.3.6.1.4.1.3704.1." + extension.Key, extension.Value, critical: false)));
            certificate?.Invoke(wanted);
        }).Der;
    }
}
