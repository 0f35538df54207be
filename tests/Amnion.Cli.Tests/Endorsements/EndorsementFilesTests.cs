using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Cli.EndorsementCollection;
using Amnion.Testing;

namespace Amnion.Cli.Tests.EndorsementCollection;

/// <summary>Endorsements from files and folders, told by content alone.</summary>
public sealed class EndorsementFilesTests : IDisposable
{
    const string Intel = "tdx/google-v4-00b252/";

    readonly string _folder = Directory.CreateTempSubdirectory("amnion-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Put(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

    [Fact]
    public void Every_kind_is_recognised_under_any_name()
    {
        var list = Recorded.Read(Intel + "pck_crl.der");
        var response = Recorded.Read("nvidia/ocsp-test-gpu-certificate-l2/test_gpu_certificate_l2_base64encoded_ocsp_response.dat");
        _ = Put("1", Recorded.Read(Intel + "tcb_info.json"));
        _ = Put("2", Recorded.Read(Intel + "qe_identity.json"));
        _ = Put("3", Recorded.Read(Intel + "tcb_signing_chain.pem"));
        _ = Put("4", list);
        _ = Put("5", Text(PemEncoding.WriteString("X509 CRL", Recorded.Read("snp/amd-crl-milan/milan.crl"))));
        _ = Put("deep/6", Recorded.Read("snp/azure-milan-v3-a/vcek.der"));
        _ = Put("7", Recorded.Read("nvidia/rim-google-success-valid-rim/success_valid_rim.xml"));
        _ = Put("8", response);
        _ = Put("readme.txt", "nothing"u8);
        var read = EndorsementFiles.Read([_folder]);
        Assert.Equal((1, 1, 3, 2, 1, 1), (read.TcbInfos.Length, read.EnclaveIdentities.Length, read.Certificates.Length, read.RevocationLists.Length, read.Rims.Length, read.OcspResponses.Length));
        Assert.Equal(Convert.FromBase64String(Encoding.ASCII.GetString(response).Trim()), read.OcspResponses[0].ToArray());
    }

    [Fact]
    public void Every_published_endorsement_is_recognised_as_what_it_is()
    {
        var folder = SharedData.Folder("vectors/attestation");
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        var wrong = new List<string>();
        var count = 0;
        foreach (var file in manifest.RootElement.GetProperty("files").EnumerateArray())
        {
            EndorsementKind? kind = file.GetProperty("role").GetString() switch
            {
                "tcb_info" => EndorsementKind.TcbInfo,
                "qe_identity" => EndorsementKind.EnclaveIdentity,
                "tcb_signing_chain" or "qe_identity_chain" or "vcek" or "vlek" or "vek" or "ark" or "ask" or "asvk" or "tcb_signer" => EndorsementKind.Certificate,
                "pck_crl" or "root_crl" or "crl" => EndorsementKind.RevocationList,
                "rim" => EndorsementKind.Rim,
                "ocsp" => EndorsementKind.OcspResponse,
                _ => null,
            };
            var path = file.GetProperty("path").GetString()!;
            if (kind is null || path.Contains("derived-", StringComparison.Ordinal) || path.Contains("conformance/", StringComparison.Ordinal))
            {
                continue;
            }

            count++;
            var items = EndorsementContent.Recognise(File.ReadAllBytes(Path.Combine(folder, path)));
            if (items.Count == 0 || items.Any(item => item.Kind != kind))
            {
                wrong.Add(path);
            }
        }

        Assert.Empty(wrong);
        Assert.True(count > 500, $"{count} files");
    }

    [Fact]
    public void Spellings_of_one_list_count_once()
    {
        var list = Recorded.Read(Intel + "root_ca_crl.der");
        var paths = new[]
        {
            Put("der", list),
            Put("base64", Text(Convert.ToBase64String(list, Base64FormattingOptions.InsertLineBreaks))),
            Put("hex", Text(Convert.ToHexString(list) + "\n")),
            Put("pem", Text(PemEncoding.WriteString("X509 CRL", list))),
        };
        Assert.Equal(list, Assert.Single(EndorsementFiles.Read(paths).RevocationLists).ToArray());
    }

    [Fact]
    public void A_chain_is_read_from_a_header_as_intel_sends_it()
    {
        var chain = Encoding.ASCII.GetString(Recorded.Read(Intel + "tcb_signing_chain.pem"));
        var path = Put("header", Text("TCB-Info-Issuer-Chain: " + Uri.EscapeDataString(chain).Replace("%2D", "-", StringComparison.Ordinal)));
        Assert.Equal(2, EndorsementFiles.Read([path]).Certificates.Length);
    }

    [Fact]
    public void Nothing_given_is_nothing_read() => Assert.True(EndorsementFiles.Read(null).Certificates.IsEmpty);

    public static TheoryData<string> Others => ["", " ", "text", "{}", "[]", "{\"tcbInfo\":1}", "{\"rim\":\"AAAA\"}", "<html/>", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----", "MAA="];

    [Theory]
    [MemberData(nameof(Others))]
    public void A_named_file_that_holds_none_is_an_error(string content)
    {
        var path = Put("x", Text(content));
        var refused = Assert.Throws<CliException>(() => EndorsementFiles.Read([path]));
        Assert.Equal((ExitCode.Malformed, EndorsementCodes.FileUnknown), (refused.ExitCode, refused.Code));
        Assert.True(EndorsementFiles.Read([_folder]).Certificates.IsEmpty);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_an_error() =>
        Assert.Equal(CliCodes.FileUnreadable, Assert.Throws<CliException>(() => EndorsementFiles.Read([Path.Combine(_folder, "absent")])).Code);

    [Fact]
    public void More_than_an_appraisal_looks_at_is_an_error()
    {
        for (var i = 0; i <= Attestation.Endorsements.MaxCount; i++)
        {
            _ = Put($"{i}.json", Text($"{{\"tcbInfo\":{{\"n\":{i}}}}}"));
        }

        Assert.Equal(EndorsementCodes.TooMany, Assert.Throws<CliException>(() => EndorsementFiles.Read([_folder])).Code);
    }

    [Fact]
    public void No_bytes_do_anything_but_hold_an_endorsement_or_none()
    {
        byte[][] seeds = [Recorded.Read(Intel + "tcb_signing_chain.pem"), Recorded.Read(Intel + "root_ca_crl.der"), "{\"rim\":\"PFNvZnR3YXJlSWRlbnRpdHk+\",\"a\":\"\\ud800\"}"u8.ToArray(), "{\"tcbInfo\":{}}"u8.ToArray()];
        var random = new Random(51);
        for (var i = 0; i < 4000; i++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _ = EndorsementContent.Recognise(bytes.AsMemory(0, random.Next(bytes.Length + 1)));
        }
    }
}
