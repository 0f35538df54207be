using System.Buffers.Text;
using System.Collections.Immutable;
using System.CommandLine;
using Amnion.Attestation;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.Client;
using Amnion.Records;

namespace Amnion.Cli.Commands;

/// <summary>`amnion verify URL|FILE`: every check on an enclave's Evidence, live with a nonce of our own, or on a kept bundle.</summary>
static class VerifyCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("URL|FILE") { Description = "A relay's base URL, or a kept receipt file (audit at the document's own time)" };
        var policy = new Option<string?>("--policy") { Description = "Appraisal policy (default: caller-policy.json in AMNION_HOME)", HelpName = "FILE" };
        var revocation = RevocationFiles.Create();
        var save = new Option<string?>("--save") { Description = "Keep the Evidence bundle for later, with its nonce", HelpName = "FILE" };
        return new Command("verify", "Appraise an enclave's Evidence and list every check")
        {
            Arguments = { target },
            Options = { policy, revocation, save },
        }.Runs(async (parsed, output, cancellation) =>
        {
            var rules = PolicyFile.Read(parsed.GetValue(policy), AmnionHome.Open());
            var lists = RevocationFiles.Read(parsed.GetValue(revocation));
            var where = parsed.GetValue(target)!;
            var result = where.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || where.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                ? await LiveAsync(where, rules, lists, parsed.GetValue(save), cancellation).ConfigureAwait(false)
                : Kept(where, rules, lists);
            if (output.Json)
            {
                output.Object(json => CheckListing.Write(json, result));
            }
            else
            {
                CheckListing.Write(output, result);
            }

            return CheckListing.ExitCodeOf(result);
        });
    }

    static async Task<AttestationResult> LiveAsync(string url, AppraisalPolicy policy, ImmutableArray<ReadOnlyMemory<byte>> lists, string? save, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30) };
        var verifier = new EnclaveVerifier(http, new AmnionClientOptions { Relay = HttpUrl.Relay(url), Policy = policy, RevocationLists = lists });
        var (bundle, nonce, result) = await verifier.AppraiseAsync(cancellation).ConfigureAwait(false);
        if (save is not null)
        {
            AmnionHome.WriteSecret(save, CanonicalJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("nonce", Base64Url.EncodeToString(nonce));
                json.WriteJson("evidence", bundle.ToJson());
                json.WriteEndObject();
            }));
        }

        return result;
    }

    static AttestationResult Kept(string path, AppraisalPolicy policy, ImmutableArray<ReadOnlyMemory<byte>> lists)
    {
        var bytes = File.ReadAllBytes(path);
        using var document = CanonicalJson.Parse(bytes, EvidenceBundle.MaxLength + Receipt.MaxLength, "kept evidence");
        EvidenceBundle bundle;
        byte[] nonce;
        if (document.RootElement.TryGetProperty("format", out _))
        {
            var file = ReceiptFile.Parse(bytes);
            (bundle, nonce) = (file.Evidence, [.. file.Nonce]);
        }
        else
        {
            var reader = new JsonObjectReader(document.RootElement, "kept evidence");
            nonce = [.. reader.Bytes("nonce", EvidenceBinding.MaxNonceLength, EvidenceBinding.MinNonceLength)];
            bundle = EvidenceBundle.Parse(CanonicalJson.Canonicalize(reader.Any("evidence")));
            reader.End();
        }

        return BundleAppraiser.Appraise(bundle, policy, nonce, Purpose.Serve, TimeProvider.System.GetUtcNow(), atDocumentTime: true, revocationLists: lists);
    }
}
