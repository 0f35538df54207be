using System.CommandLine;
using Amnion.Cli.State;
using Amnion.Client;
using Amnion.Client.Proxy;

namespace Amnion.Cli.Commands;

/// <summary>`amnion proxy URL --policy FILE`: the local OpenAI-compatible endpoint on a caller's machine.</summary>
static class ProxyCommand
{
    public static Command Create()
    {
        var relay = new Argument<string>("URL") { Description = "The relay's base URL" };
        var policy = new Option<string?>("--policy") { Description = "Appraisal policy (default: caller-policy.json in AMNION_HOME)", HelpName = "FILE" };
        var listen = new Option<string>("--listen") { Description = "Loopback address to listen on", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8484" };
        var key = new Option<string?>("--api-key-file") { Description = "API key for callers that bring none", HelpName = "FILE" };
        var revocation = RevocationFiles.Create();
        var receipts = new Option<string?>("--receipts") { Description = "Folder that keeps receipts (default: receipts in AMNION_HOME)", HelpName = "FOLDER" };
        return new Command("proxy", "Serve OpenAI's API on loopback; verify the enclave, then seal to it")
        {
            Arguments = { relay },
            Options = { policy, listen, key, receipts, revocation },
        }.Runs(async (parsed, output, cancellation) =>
        {
            var home = AmnionHome.Open();
            var folder = parsed.GetValue(receipts) ?? home.Receipts;
            Directory.CreateDirectory(folder);
            var keep = new ReceiptFolder(folder);
            var keyFile = parsed.GetValue(key);
            var options = new ProxyOptions
            {
                Url = parsed.GetValue(listen)!,
                Client = new AmnionClientOptions
                {
                    Relay = HttpUrl.Relay(parsed.GetValue(relay)!),
                    Policy = PolicyFile.Read(parsed.GetValue(policy), home),
                    ApiKey = keyFile is null ? null : (await File.ReadAllTextAsync(keyFile, cancellation).ConfigureAwait(false)).Trim(),
                    RevocationLists = RevocationFiles.Read(parsed.GetValue(revocation)),
                    OnReceipt = keep.Keep,
                },
            };
            await using var proxy = await StartAsync(options, cancellation).ConfigureAwait(false);
            var enclave = await proxy.VerifyAsync(cancellation).ConfigureAwait(false);
            if (output.Json)
            {
                output.Object(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("base_url", proxy.BaseUrl.AbsoluteUri);
                    json.WriteString("platform", enclave.Result.Platform);
                    json.WriteBoolean("emulated", enclave.Result.Emulated);
                    json.WriteEndObject();
                });
            }
            else
            {
                output.Line($"base URL {proxy.BaseUrl.AbsoluteUri}");
                output.Line(enclave.Result.Emulated ? $"enclave verified: {enclave.Result.Checks.Length} checks; {Terminal.CheckListing.Emulated}" : $"enclave verified: {enclave.Result.Checks.Length} checks");
            }

            await UntilCancelledAsync(cancellation).ConfigureAwait(false);
            return ExitCode.Accepted;
        });
    }

    static async Task<ProxyServer> StartAsync(ProxyOptions options, CancellationToken cancellation)
    {
        try
        {
            return await ProxyServer.StartAsync(options, cancellation).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw new CliException(ExitCode.Malformed, e.Message, "pass --listen http://127.0.0.1:PORT", CliCodes.UrlMalformed, e);
        }
        catch (UriFormatException e)
        {
            throw new CliException(ExitCode.Malformed, $"\"{options.Url}\" is not a URL", "pass --listen http://127.0.0.1:PORT", CliCodes.UrlMalformed, e);
        }
    }

    public static async Task UntilCancelledAsync(CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource();
        await using var registration = cancellation.Register(ended.SetResult).ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
    }
}
