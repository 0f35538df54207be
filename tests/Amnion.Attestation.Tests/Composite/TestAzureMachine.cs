using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Composite;
using Amnion.Attestation.Tests.SevSnp;
using Amnion.Attestation.Tests.Tpm;

namespace Amnion.Attestation.Tests.Composite;

/// <summary>An Azure confidential VM under a private AMD: report, runtime data, virtual TPM. Change a property before the first use of a result.</summary>
sealed class TestAzureMachine
{
    static readonly SnpTestPlatform s_platform = SnpTestPlatform.Milan;

    public TestTpm Tpm { get; init; } = TestTpm.Rsa();

    public string UserData { get; init; } = Convert.ToHexString(SHA512.HashData("user"u8));

    public Func<string, string>? ChangeRuntime { get; init; }

    public Action<byte[]>? ChangeReport { get; init; }

    public Action<byte[]>? ChangeHcl { get; init; }

    /// <summary>What opens the report data instead of the runtime data's hash.</summary>
    public byte[]? Bound { get; init; }

    public uint HashType { get; init; } = 1;

    public string Runtime
    {
        get
        {
            var modulus = Base64Url.EncodeToString(((RSA)Tpm.Key).ExportParameters(false).Modulus);
            var json = "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" + modulus + "\"}],\"vm-configuration\":{\"secure-boot\":true,\"vmUniqueId\":\"ID\"},\"user-data\":\"" + UserData + "\"}";
            return ChangeRuntime?.Invoke(json) ?? json;
        }
    }

    public byte[] Hcl
    {
        get
        {
            var runtime = Encoding.UTF8.GetBytes(Runtime);
            var digest = Bound ?? HashType switch { 2 => SHA384.HashData(runtime), 3 => SHA512.HashData(runtime), _ => SHA256.HashData(runtime) };
            var report = s_platform.Report(3, bytes =>
            {
                bytes.AsSpan(0x50, 64).Clear();
                digest.CopyTo(bytes, 0x50);
                ChangeReport?.Invoke(bytes);
            });
            var hcl = new byte[2600];
            "HCLA"u8.CopyTo(hcl);
            var numbers = new (int Offset, uint Value)[] { (4, 1), (8, (uint)(1236 + runtime.Length)), (12, 2), (16, 0), (1216, (uint)(20 + runtime.Length)), (1220, 1), (1224, 2), (1228, HashType), (1232, (uint)runtime.Length) };
            foreach (var (offset, value) in numbers)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(hcl.AsSpan(offset), value);
            }

            report.CopyTo(hcl, 32);
            runtime.CopyTo(hcl, 1236);
            ChangeHcl?.Invoke(hcl);
            return hcl;
        }
    }

    /// <summary>The JSON of version 1.</summary>
    public byte[] Json
    {
        get
        {
            var message = Tpm.Message;
            var pcrs = string.Join(',', Enumerable.Range(0, 24).Select(index => $"\"{Convert.ToHexStringLower(TestTpm.Register(TestTpm.Sha256, index))}\""));
            return Encoding.UTF8.GetBytes("{\"version\":1,\"hcl_report\":\"" + Base64Url.EncodeToString(Hcl) + "\",\"tpm_quote\":{\"message\":\"" + Convert.ToHexStringLower(message) + "\",\"signature\":\"" + Convert.ToHexStringLower(Tpm.Sign(message)[6..]) + "\",\"pcrs\":[" + pcrs + "]},\"vcek\":\"" + Base64Url.EncodeToString(s_platform.Vcek()) + "\"}");
        }
    }

    public AzureVtpmEvidence Evidence => AzureVtpmEvidence.Parse(Json);

    public static AzureVerification Verification => new() { Anchors = [s_platform.Ark.Anchor], At = SnpTestPlatform.Now, Nonce = TestTpm.Nonce, Endorsements = s_platform.Context.Endorsements };

    public static AppraisalPolicy Policy => new()
    {
        Platform = AttestationPlatform.AzureSnp,
        TrustAnchor = s_platform.Ark.Anchor.KeyDigest,
        Values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal)
            .Add("snp.measurement", [SnpTestPlatform.Measurement])
            .Add("tpm.pcr.4", [Convert.ToHexStringLower(TestTpm.Register(TestTpm.Sha256, 4))])
            .Add("hcl.vm_configuration.secure-boot", ["true"]),
    };

    public AppraisalContext Context => new() { Now = SnpTestPlatform.Now, Nonce = TestTpm.Nonce, ExpectedUserData = SHA512.HashData("user"u8), Endorsements = s_platform.Context.Endorsements };
}
