using System.Buffers.Text;
using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.Client;
using Amnion.Records;

namespace Amnion.Cli.Commands;

/// <summary>
/// `amnion verify URL|FILE`: every check on an enclave's Evidence: live with a nonce of our own, on a kept bundle or receipt, or on a bare
/// report, quote or document of any platform.
/// </summary>
static class VerifyCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("URL|FILE") { Description = "A relay's base URL, a kept receipt or bundle, or a file of Evidence of any platform" };
        var policy = new Option<string?>("--policy") { Description = "Appraisal policy (default: caller-policy.json in AMNION_HOME for URLs and kept files; a bare file of Evidence is only verified)", HelpName = "FILE" };
        var revocation = RevocationFiles.Create();
        var save = new Option<string?>("--save") { Description = "Keep the Evidence bundle for later, with its nonce", HelpName = "FILE" };
        var bare = BareEvidenceOptions.Create();
        var explain = new Option<bool>("--explain") { Description = "Say in plain words what each field means, and what each failure means" };
        return new Command("verify", "Appraise Evidence and list every check")
        {
            Arguments = { target },
            Options = { policy, revocation, save, bare.Endorsements, bare.At, bare.Nonce, bare.Bound, bare.EventLog, explain },
        }.Runs(async (parsed, output, cancellation) =>
        {
            var where = parsed.GetValue(target)!;
            var lists = RevocationFiles.Read(parsed.GetValue(revocation));
            var isUrl = where.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || where.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
            if (isUrl)
            {
                bare.Refuse(parsed);
                return Show(output, await LiveAsync(where, PolicyFile.Read(parsed.GetValue(policy), AmnionHome.Open()), lists, parsed.GetValue(save), cancellation).ConfigureAwait(false), parsed.GetValue(explain), null);
            }

            // Once: a pipe gives its bytes to the first reader.
            var content = ReadFile(where);
            if (IsKept(content))
            {
                bare.Refuse(parsed);
                return Show(output, Kept(content, PolicyFile.Read(parsed.GetValue(policy), AmnionHome.Open()), lists), parsed.GetValue(explain), null);
            }

            var evidence = BareEvidence.Read(content, parsed.GetValue(policy), bare.Context(parsed, lists));
            return Show(output, evidence.Result, parsed.GetValue(explain), evidence.Parsed);
        });
    }

    static int Show(Output output, AttestationResult result, bool explain, ParsedEvidence? parsed)
    {
        if (output.Json)
        {
            output.Object(json => AttestationResultJson.Write(json, result));
            return CheckListing.ExitCodeOf(result);
        }

        if (explain)
        {
            Explanation.Write(output, result, parsed);
        }

        CheckListing.Write(output, result);
        return CheckListing.ExitCodeOf(result);
    }

    static byte[] ReadFile(string path) => File.Exists(path)
        ? BoundedFile.Read(path, EvidenceFile.MaxLength)
        : throw new CliException(ExitCode.Malformed, $"the file \"{path}\" does not exist", "pass a relay's URL starting with http:// or https://, or the path of a file", CliCodes.FileUnreadable);

    /// <summary>A receipt file names its format; a kept bundle is the pair of nonce and evidence that --save writes.</summary>
    static bool IsKept(byte[] content)
    {
        if (content.Length > EvidenceBundle.MaxLength + Receipt.MaxLength)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && ((root.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String && format.ValueEquals(ReceiptFile.Format))
                    || (root.TryGetProperty("nonce", out _) && root.TryGetProperty("evidence", out var evidence) && evidence.ValueKind == JsonValueKind.Object));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
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

    static AttestationResult Kept(byte[] bytes, AppraisalPolicy policy, ImmutableArray<ReadOnlyMemory<byte>> lists)
    {
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
