using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation.Dcap;

namespace Amnion.Attestation.Tests.Dcap;

/// <summary>A private PKI shaped like Intel's, with quotes and collateral signed under it. Change what is to be changed before the first use of a result.</summary>
sealed class DcapTestPki
{
    const string SgxExtension = "1.2.840.113741.1.13.1";

    public static readonly DateTimeOffset Now = TestChain.Epoch;

    static readonly ECDsa s_root = Key();
    static readonly ECDsa s_ca = Key();
    static readonly ECDsa s_pck = Key();
    static readonly ECDsa s_signer = Key();
    static readonly ECDsa s_attestation = Key();

    public CertificateSpec Root { get; } = Spec("Intel SGX Root CA", s_root);

    public CertificateSpec Ca { get; } = Spec("Intel SGX PCK Platform CA", s_ca, pathLength: 0);

    public CertificateSpec Pck { get; } = Spec("Intel SGX PCK Certificate", s_pck, leaf: true);

    public CertificateSpec Signer { get; } = Spec("Intel SGX TCB Signing", s_signer, leaf: true);

    public ECDsa AttestationKey { get; set; } = s_attestation;

    public byte[] Fmspc { get; set; } = Convert.FromHexString("90c06f000000");

    public byte[] PceId { get; set; } = [0, 0];

    /// <summary>What the collateral is for; the platform's own unless set.</summary>
    public byte[]? InfoFmspc { get; set; }

    public byte[]? InfoPceId { get; set; }

    public byte[] Components { get; set; } = [5, 5, 2, 2, 3, 1, 0, 3];

    public int PceSvn { get; set; } = 11;

    public byte[] TeeTcbSvn { get; set; } = [5, 1, 6];

    public byte[] TeeTcbSvn2 { get; set; } = [5, 1, 6];

    public ulong TdAttributes { get; set; } = 1UL << 28;

    public ulong Xfam { get; set; } = 0x602e7;

    public byte SgxFlags { get; set; } = 0x05;

    public int QeSvn { get; set; } = 8;

    /// <summary>What certification data of type 4 holds; the PCK certificate alone unless set.</summary>
    public byte[][]? EmbeddedCertificates { get; set; }

    public byte[] QeAuthData { get; set; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    /// <summary>Changes the enclave's or trust domain's report before it is signed.</summary>
    public Action<byte[]>? ChangeBody { get; set; }

    /// <summary>Changes the quoting enclave's report before it is signed.</summary>
    public Action<byte[]>? ChangeQeReport { get; set; }

    public List<TestLevel> Levels { get; } =
    [
        new([5, 5, 2, 2, 3, 1, 0, 3], 11, [5, 0, 6], "UpToDate"),
        new([2, 2], 5, [3, 0, 5], "OutOfDate", "INTEL-SA-00001"),
    ];

    /// <summary>Levels of modules with major version 1.</summary>
    public List<(int Svn, string Status, string Advisory)> ModuleLevels { get; } = [(5, "UpToDate", ""), (2, "OutOfDate", "INTEL-SA-00002")];

    public List<(int Svn, string Status, string Advisory)> QeLevels { get; } = [(8, "UpToDate", ""), (4, "OutOfDate", "INTEL-SA-00003")];

    public int TcbInfoVersion { get; set; } = 3;

    public int QeIdentityVersion { get; set; } = 2;

    public string? InfoId { get; set; }

    public string? QeId { get; set; }

    public int EvaluationDataNumber { get; set; } = 20;

    public DateTimeOffset IssueDate { get; set; } = Now.AddDays(-1);

    public DateTimeOffset NextUpdate { get; set; } = Now.AddDays(29);

    public byte[] MrSignerOfQe { get; set; } = SHA256.HashData("Intel"u8);

    public byte[][] RevokedPcks { get; set; } = [];

    public byte[][] RevokedByRoot { get; set; } = [];

    public (DateTimeOffset From, DateTimeOffset Until) ListWindow { get; set; } = (Now.AddDays(-1), Now.AddDays(1));

    byte[][]? _chain;
    byte[]? _signer;

    /// <summary>Root, PCK CA, PCK certificate.</summary>
    public byte[][] Chain
    {
        get
        {
            if (_chain is null)
            {
                Pck.Extra.Add(new X509Extension(SgxExtension, PlatformExtension(), critical: false));
                _chain = [Root.Make(Root), Ca.Make(Root), Pck.Make(Ca)];
            }

            return _chain;
        }
    }

    public byte[] SignerCertificate => _signer ??= Signer.Make(Root);

    public TrustAnchor Anchor => TrustAnchor.FromCertificate(Chain[0]);

    public Endorsements EndorsementsFor(bool tdx) => new()
    {
        Certificates = [SignerCertificate, Chain[0]],
        RevocationLists = [List(Root, RevokedByRoot), List(Ca, RevokedPcks)],
        TcbInfos = [TcbInfo(tdx)],
        EnclaveIdentities = [QeIdentity(tdx)],
    };

    public DcapVerification VerificationFor(bool tdx) => new() { Anchors = [Anchor], At = Now, Endorsements = EndorsementsFor(tdx) };

    public byte[] List(CertificateSpec issuer, byte[][] serials, HashAlgorithmName? hash = null)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
        {
            builder.AddEntry(serial);
        }

        var identifier = X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(RandomNumberGenerator.GetBytes(20));
        return builder.Build(new X500DistinguishedName("CN=" + issuer.Name), X509SignatureGenerator.CreateForECDsa(issuer.Key), 1, ListWindow.Until, hash ?? HashAlgorithmName.SHA256, identifier, ListWindow.From);
    }

    public byte[] TcbInfo(bool tdx)
    {
        var zeros = new string('0', 96);
        var module = $"\"mrsigner\":\"{zeros}\",\"attributes\":\"0000000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\"";
        var ofTdx = tdx ? $"\"tdxModule\":{{{module}}},\"tdxModuleIdentities\":[{{\"id\":\"TDX_01\",{module},\"tcbLevels\":[{string.Join(',', ModuleLevels.Select(SvnLevel))}]}}]," : string.Empty;
        var id = TcbInfoVersion == 2 ? string.Empty : $"\"id\":\"{InfoId ?? (tdx ? "TDX" : "SGX")}\",";
        return Sign("tcbInfo", $"{{{id}\"version\":{TcbInfoVersion},{Dates},\"fmspc\":\"{Convert.ToHexString(InfoFmspc ?? Fmspc)}\",\"pceId\":\"{Convert.ToHexString(InfoPceId ?? PceId)}\",\"tcbType\":0,\"tcbEvaluationDataNumber\":{EvaluationDataNumber},{ofTdx}\"tcbLevels\":[{string.Join(',', Levels.Select(level => Level(level, tdx)))}]}}");
    }

    public byte[] QeIdentity(bool tdx) => Sign("enclaveIdentity", $"{{\"id\":\"{QeId ?? (tdx ? "TD_QE" : "QE")}\",\"version\":{QeIdentityVersion},{Dates},\"tcbEvaluationDataNumber\":{EvaluationDataNumber},\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\",\"attributes\":\"11000000000000000000000000000000\",\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\",\"mrsigner\":\"{Convert.ToHexString(MrSignerOfQe)}\",\"isvprodid\":{(tdx ? 2 : 1)},\"tcbLevels\":[{string.Join(',', QeLevels.Select(SvnLevel))}]}}");

    public byte[] Sign(string name, string body)
    {
        var signature = Signer.Key.SignData(Encoding.UTF8.GetBytes(body), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return Encoding.UTF8.GetBytes($"{{\"{name}\":{body},\"signature\":\"{Convert.ToHexStringLower(signature)}\"}}");
    }

    /// <summary>An SGX quote of version 3, 4 or 5.</summary>
    public byte[] SgxQuote(byte[]? reportData = null, int certificationType = 5, int version = 3)
    {
        var body = Body(SgxReport(SgxFlags, reportData ?? [], 1, 3, [7]));
        byte[] descriptor = version == 5 ? [.. Little16(1), .. Little32(body.Length)] : [];
        return Quote([.. Header(version, 0), .. descriptor, .. body], certificationType, nested: version > 3, qeProduct: 1);
    }

    /// <summary>A TDX quote of version 4 (body 0) or 5 (body 2 or 3).</summary>
    public byte[] TdxQuote(int version = 4, int bodyType = 3, byte[]? reportData = null)
    {
        var body = Body(TdReport(version == 4 || bodyType == 2, reportData ?? []));
        byte[] descriptor = version == 4 ? [] : [.. Little16(bodyType), .. Little32(body.Length)];
        return Quote([.. Header(version, 0x81), .. descriptor, .. body], 5, nested: true, qeProduct: 2);
    }

    byte[] Quote(byte[] signed, int certificationType, bool nested, int qeProduct)
    {
        var point = AttestationKey.ExportParameters(false).Q;
        byte[] key = [.. point.X!, .. point.Y!];
        var qe = SgxReport(0x15, SHA256.HashData([.. key, .. QeAuthData]), qeProduct, QeSvn, MrSignerOfQe);
        ChangeQeReport?.Invoke(qe);
        byte[] data = certificationType switch
        {
            5 => Pem([.. Chain.Reverse()]),
            4 => Pem(EmbeddedCertificates ?? [Chain[2]]),
            _ => new byte[36],
        };
        byte[] part = [.. qe, .. Raw(Pck.Key, qe), .. Little16(QeAuthData.Length), .. QeAuthData, .. Little16(certificationType), .. Little32(data.Length), .. data];
        byte[] auth = [.. Raw(AttestationKey, signed), .. key, .. nested ? [.. Little16(6), .. Little32(part.Length), .. part] : part];
        return [.. signed, .. Little32(auth.Length), .. auth];
    }

    static byte[] Pem(byte[][] certificates) => Encoding.ASCII.GetBytes(string.Concat(certificates.Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n")) + "\0");

    byte[] Body(byte[] body)
    {
        ChangeBody?.Invoke(body);
        return body;
    }

    byte[] TdReport(bool is10, byte[] reportData)
    {
        var body = new byte[is10 ? 584 : 648];
        TeeTcbSvn.CopyTo(body, 0);
        body.AsSpan(16, 48).Fill(0x5e);
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(120), TdAttributes);
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(128), Xfam);
        body.AsSpan(136, 48).Fill(0x11);
        for (var i = 0; i < 4; i++)
        {
            body.AsSpan(328 + (48 * i), 48).Fill((byte)(0xa0 + i));
        }

        reportData.CopyTo(body, 520);
        if (!is10)
        {
            TeeTcbSvn2.CopyTo(body, 584);
        }

        return body;
    }

    static byte[] SgxReport(byte flags, byte[] reportData, int product, int svn, byte[] signer)
    {
        var report = new byte[384];
        report[48] = flags;
        report[56] = 0xe7;
        report.AsSpan(64, 32).Fill(0x42);
        signer.CopyTo(report, 128);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(256), (ushort)product);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(258), (ushort)svn);
        reportData.CopyTo(report, 320);
        return report;
    }

    static byte[] Header(int version, int tee) => [.. Little16(version), .. Little16(2), .. Little32(tee), .. new byte[4], .. Convert.FromHexString("939a7233f79c4ca9940a0db3957f0607"), .. new byte[20]];

    byte[] PlatformExtension() => DerParts.Sequence(writer =>
    {
        Item(writer, ".1", value => value.WriteOctetString(SHA256.HashData(Fmspc).AsSpan(0, 16)));
        Item(writer, ".2", value =>
        {
            using (value.PushSequence())
            {
                for (var i = 0; i < 16; i++)
                {
                    Item(value, $".2.{i + 1}", component => component.WriteInteger(i < Components.Length ? Components[i] : 0));
                }

                Item(value, ".2.17", svn => svn.WriteInteger(PceSvn));
                Item(value, ".2.18", svn => svn.WriteOctetString(new byte[16]));
            }
        });
        Item(writer, ".3", value => value.WriteOctetString(PceId));
        Item(writer, ".4", value => value.WriteOctetString(Fmspc));
        Item(writer, ".5", value => value.WriteEncodedValue((ReadOnlySpan<byte>)[0x0a, 0x01, 0x01]));
    });

    static void Item(AsnWriter writer, string arc, Action<AsnWriter> write)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(SgxExtension + arc);
            write(writer);
        }
    }

    string Dates => $"\"issueDate\":\"{Time(IssueDate)}\",\"nextUpdate\":\"{Time(NextUpdate)}\"";

    string Level(TestLevel level, bool tdx)
    {
        var sgx = TcbInfoVersion == 2
            ? string.Join(',', Enumerable.Range(0, 16).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"sgxtcbcomp{i + 1:D2}svn\":{At(level.Sgx, i)}")))
            : "\"sgxtcbcomponents\":" + ComponentList(level.Sgx);
        return $"{{\"tcb\":{{{sgx},\"pcesvn\":{level.Pce}{(tdx ? ",\"tdxtcbcomponents\":" + ComponentList(level.Tdx) : string.Empty)}}},\"tcbDate\":\"2026-02-11T00:00:00Z\",\"tcbStatus\":\"{level.Status}\"{AdvisoryList(level.Advisories)}}}";
    }

    static string SvnLevel((int Svn, string Status, string Advisory) level) => $"{{\"tcb\":{{\"isvsvn\":{level.Svn}}},\"tcbDate\":\"2026-02-11T00:00:00Z\",\"tcbStatus\":\"{level.Status}\"{AdvisoryList(level.Advisory.Length == 0 ? [] : [level.Advisory])}}}";

    static string AdvisoryList(string[] advisories) => advisories.Length == 0 ? string.Empty : $",\"advisoryIDs\":[{string.Join(',', advisories.Select(advisory => $"\"{advisory}\""))}]";

    static string ComponentList(byte[] leading) => $"[{string.Join(',', Enumerable.Range(0, 16).Select(i => $"{{\"svn\":{At(leading, i)}}}"))}]";

    static byte At(byte[] leading, int index) => index < leading.Length ? leading[index] : (byte)0;

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    static byte[] Raw(ECDsa key, byte[] data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    static byte[] Little16(int value) => [(byte)value, (byte)(value >> 8)];

    static byte[] Little32(int value) => [.. Little16(value), .. Little16(value >> 16)];

    public static ECDsa Key() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    static CertificateSpec Spec(string name, ECDsa key, int? pathLength = null, bool leaf = false) => new(name, key)
    {
        Hash = HashAlgorithmName.SHA256,
        Authority = !leaf,
        PathLength = pathLength,
        KeyUsage = leaf ? X509KeyUsageFlags.DigitalSignature : X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
    };
}
