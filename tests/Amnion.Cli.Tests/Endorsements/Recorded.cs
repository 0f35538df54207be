using System.Text;
using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Cli.Tests.EndorsementCollection;

/// <summary>Published Evidence and endorsements, and servers that answer with them as the manufacturers do.</summary>
static class Recorded
{
    const string Folder = "vectors/attestation";

    public static byte[] Read(string path) => File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), path));

    public static byte[] TdxQuote => Read("tdx/google-v4-00b252/quote.bin");

    public static byte[] SnpReport => Read("snp/azure-milan-v3-a/report.bin");

    /// <summary>Evidence of one GPU as NVIDIA's tools write it.</summary>
    public static byte[] Gpu => JsonSerializer.SerializeToUtf8Bytes(new[]
    {
        new Dictionary<string, string> { ["evidence"] = Convert.ToBase64String(Read("nvidia/google-gpu-raw/report.bin")), ["certificate"] = Convert.ToBase64String(Read("nvidia/google-gpu-raw/chain.pem")) },
    });

    public const string TcbPath = "/tdx/certification/v4/tcb?fmspc=00806F050000";
    public const string IdentityPath = "/tdx/certification/v4/qe/identity";
    public const string PckListPath = "/sgx/certification/v4/pckcrl?ca=platform&encoding=der";
    public const string RootListPath = "/IntelSGXRootCA.der";

    public static byte[] Tcb => Intel("tcb_info.json", "TCB-Info-Issuer-Chain", "tcb_signing_chain.pem");

    public static byte[] Identity => Intel("qe_identity.json", "SGX-Enclave-Identity-Issuer-Chain", "qe_identity_chain.pem");

    /// <summary>Intel's service with what the TDX quote needs.</summary>
    public static void Intel(ReplayServer server)
    {
        server.On(TcbPath, Tcb);
        server.On(IdentityPath, Identity);
        server.On(PckListPath, Intel("pck_crl.der", "SGX-PCK-CRL-Issuer-Chain", "tcb_signing_chain.pem"));
        server.On(RootListPath, ReplayServer.Answer(200, Read("tdx/google-v4-00b252/root_ca_crl.der")));
    }

    static byte[] Intel(string file, string header, string chain) =>
        ReplayServer.Answer(200, Read("tdx/google-v4-00b252/" + file), (header, Uri.EscapeDataString(Encoding.ASCII.GetString(Read("tdx/google-v4-00b252/" + chain)))));
}
