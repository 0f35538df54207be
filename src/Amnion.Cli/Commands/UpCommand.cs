using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.KeyBroker;

namespace Amnion.Cli.Commands;

/// <summary>`amnion up`: seals a model if it is not sealed yet, starts broker, enclave, relay and proxy, and leaves them running.</summary>
[SupportedOSPlatform("linux")]
static class UpCommand
{
    static readonly TimeSpan s_readyLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_enclaveLimit = TimeSpan.FromMinutes(10);
    static readonly TimeSpan s_transferLimit = TimeSpan.FromHours(2);

    public static Command Create()
    {
        var model = new Option<string?>("--model") { Description = "A GGUF file, or a sealed model's folder (default: the demo model)", HelpName = "FILE|FOLDER" };
        var listen = new Option<string>("--listen") { Description = "Loopback address of the proxy", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8484" };
        var relay = new Option<string>("--relay") { Description = "Address of the relay, for callers on other machines", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8443" };
        var program = new Option<string?>("--program") { Description = "The enclave program's folder (default: the built one)", HelpName = "FOLDER" };
        var platform = PlatformOption.CreateAll();
        var image = PlatformOption.CreateImage();
        var guard = new Option<string?>("--guard") { Description = "What is scrubbed from prompts and kept out of answers: standard, none, or a policy's file (default: what was chosen last, at first none)", HelpName = "POLICY" };
        var guardSigner = new Option<string?>("--guard-signer") { Description = "Take only a guard policy that this key signed, PEM", HelpName = "FILE" };
        var revocation = RevocationFiles.Create();
        var missing = new Option<bool>("--dangerous-allow-missing-layers") { Description = "Start although layers of the sandbox are missing; policies then name the weaker sandbox" };
        var command = new Command("up", "Keep a sealed model running: broker, enclave, relay and proxy")
        {
            Options = { model, listen, relay, platform, image, program, guard, guardSigner, revocation, missing },
        };
        var sources = new SourceOptions();
        sources.AddTo(command);
        return command.Runs(async (parsed, output, cancellation) => await RunAsync(
            output,
            [.. command.Options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name)],
            parsed.GetValue(model) ?? SealedModels.DemoModel(),
            sources.Read(parsed),
            (parsed.GetValue(guard), parsed.GetValue(guardSigner)),
            HttpUrl.Listening(parsed.GetValue(listen)!, "--listen"),
            HttpUrl.Listening(parsed.GetValue(relay)!, "--relay"),
            await EnclaveTarget.ChooseAsync(parsed.GetValue(platform)!, parsed.GetValue(program), parsed.GetValue(image), parsed.GetValue(missing), cancellation).ConfigureAwait(false),
            parsed.GetValue(revocation) ?? [],
            cancellation).ConfigureAwait(false));
    }

    static async Task<int> RunAsync(Output output, string[] given, string weights, ModelSources sources, (string? Policy, string? Signer) guard, Uri listen, Uri relay, EnclaveTarget target, string[] revocation, CancellationToken cancellation)
    {
        _ = RevocationFiles.Read(revocation);
        var home = AmnionHome.Open();
        if (Daemons.All.All(name => DaemonState.FindRunning(home, name) is not null))
        {
            if (given.Length > 0)
            {
                throw new CliException(ExitCode.Internal, $"already running, and what runs does not change with {string.Join(", ", given)}", "amnion down, then amnion up again", CliCodes.AlreadyRunning);
            }

            output.Note("already running; amnion down stops it");
            return Show(output, home);
        }

        foreach (var name in Daemons.All.Reverse())
        {
            await Daemons.StopAsync(home, name).ConfigureAwait(false);
        }

        var anchor = target.AnchorOf(home);
        var guarding = guard.Policy is { } chosen ? GuardFile.Choose(home, chosen, guard.Signer)
            : guard.Signer is null ? GuardFile.Read(home)
            : throw new CliException(ExitCode.Malformed, "--guard-signer says who signed the policy, and no policy is named", "pass --guard FILE too", Amnion.Guard.Packs.PackCodes.NotSigned);
        output.Note($"guard policy {guarding.Name} {guarding.Version}, {guarding.Digest}");
        DeployedModel model;
        using (var store = KeyStore.Open(home.Broker))
        {
            (model, var policy) = Directory.Exists(weights)
                ? SealedModels.Existing(home, Path.GetFullPath(weights), sources, target, anchor, store)
                : sources is { Weights: null, Kms: false }
                    ? SealedModels.Ensure(home, Path.GetFullPath(weights), target, anchor, store, null, cancellation)
                    : throw new CliException(ExitCode.Malformed, "--weights and --keys aws-kms need a model that is sealed already", "seal it with amnion model seal, and pass its folder with --model FOLDER", CliCodes.FileUnreadable);
            output.Note($"sealed model {model.Manifest.Digest}");
            AmnionHome.WriteSecret(home.CallerPolicy, policy.ToJson());
            if (!Tenants.AdmitFirst(home, store.Tenants))
            {
                output.Note($"the API key in {home.ApiKey} was revoked; remove that file to have another made");
            }
        }

        try
        {
            var broker = await Daemons.StartAsync(home, Daemons.Broker, ["serve", Daemons.Broker], s_readyLimit, null, cancellation).ConfigureAwait(false);
            output.Note($"key broker at {broker.Url}");
            if (AttestationPlatform.IsEmulated(target.Platform))
            {
                output.Note(CheckListing.Emulated);
            }

            string[] arguments = ["serve", Daemons.Host, "--url", relay.AbsoluteUri, "--model", model.Folder, "--broker", broker.Url.AbsoluteUri, .. target.Arguments, .. SourceOptions.Arguments(sources)];
            var host = await Daemons.StartAsync(home, Daemons.Host, arguments, sources.Weights is null ? s_enclaveLimit : s_transferLimit, output.Note, cancellation).ConfigureAwait(false);
            await Daemons.StartAsync(home, Daemons.Proxy, ["serve", Daemons.Proxy, "--url", listen.AbsoluteUri, "--relay", host.Url.AbsoluteUri, .. revocation.SelectMany(path => (string[])["--revocation", Path.GetFullPath(path)])], s_readyLimit, null, cancellation).ConfigureAwait(false);
        }
        catch
        {
            // boundary: a start that failed leaves nothing half up.
            foreach (var name in Daemons.All.Reverse())
            {
                await Daemons.StopAsync(home, name).ConfigureAwait(false);
            }

            throw;
        }

        return Show(output, home);
    }

    static int Show(Output output, AmnionHome home)
    {
        var proxy = DaemonState.Find(home, Daemons.Proxy)!;
        var host = DaemonState.Find(home, Daemons.Host)!;
        var baseUrl = new Uri(proxy.Url, "v1").AbsoluteUri;
        var key = Tenants.FirstKey(home);
        var emulated = AttestationPlatform.IsEmulated(PolicyFile.Read(null, home).Platform);
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteString("base_url", baseUrl);
                json.WriteString("api_key", key);
                json.WriteString("relay", host.Url.AbsoluteUri);
                json.WriteString("policy", home.CallerPolicy);
                json.WriteBoolean("emulated", emulated);
                json.WriteEndObject();
            });
            return ExitCode.Accepted;
        }

        output.Line($"OPENAI_BASE_URL={baseUrl}");
        output.Line($"OPENAI_API_KEY={key}");
        output.Line($"# another machine: amnion proxy {host.Url} --policy caller-policy.json   (policy: {home.CallerPolicy})");
        output.Line($"# {(emulated ? CheckListing.Emulated + "; " : "")}amnion down stops it");
        return ExitCode.Accepted;
    }
}
