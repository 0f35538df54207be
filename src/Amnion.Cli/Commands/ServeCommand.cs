using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Client;
using Amnion.Client.Proxy;
using Amnion.Host;
using Amnion.KeyBroker;
using Microsoft.Extensions.Logging;

namespace Amnion.Cli.Commands;

/// <summary>The daemons behind `amnion up`: each one process, so that each can be killed, restarted and looked into alone.</summary>
[SupportedOSPlatform("linux")]
static class ServeCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "Address to listen on", DefaultValueFactory = _ => "http://127.0.0.1:0" };
        var program = new Option<string?>("--program") { Description = "The enclave program's folder" };
        var folder = new Option<string>("--model") { Description = "The sealed model's folder", Required = true };
        var broker = new Option<string>("--broker") { Description = "The key broker's URL", Required = true };
        var relay = new Option<string>("--relay") { Description = "The relay's URL", Required = true };
        var platform = PlatformOption.CreateAll();
        var image = PlatformOption.CreateImage();
        var revocation = RevocationFiles.Create();
        var missing = new Option<bool>("--dangerous-allow-missing-layers") { Description = "Start although layers of the sandbox are missing" };
        var sources = new SourceOptions();
        return new Command("serve", "Run one part in the foreground")
        {
            Hidden = true,
            Subcommands =
            {
                new Command(Daemons.Broker, "The key broker") { Options = { url } }.Runs((parsed, output, cancellation) =>
                    RunAsync(Daemons.Broker, home => BrokerAsync(home, parsed.GetValue(url)!, cancellation), output, cancellation)),
                sources.AddTo(new Command(Daemons.Host, "Enclave and relay") { Options = { url, platform, image, program, folder, broker, missing } }).Runs((parsed, output, cancellation) =>
                    RunAsync(Daemons.Host, async home => await HostAsync(home, await EnclaveTarget.ChooseAsync(parsed.GetValue(platform)!, parsed.GetValue(program), parsed.GetValue(image), parsed.GetValue(missing), cancellation).ConfigureAwait(false), parsed.GetValue(folder)!, sources.Read(parsed), new Uri(parsed.GetValue(broker)!), new Uri(parsed.GetValue(url)!), cancellation).ConfigureAwait(false), output, cancellation)),
                new Command(Daemons.Proxy, "The caller's proxy") { Options = { url, relay, revocation } }.Runs((parsed, output, cancellation) =>
                    RunAsync(Daemons.Proxy, home => ProxyAsync(home, parsed.GetValue(url)!, parsed.GetValue(relay)!, parsed.GetValue(revocation), cancellation), output, cancellation)),
            },
        };
    }

    static async Task<int> RunAsync(string name, Func<AmnionHome, Task<(IAsyncDisposable Daemon, Uri Url)>> start, Terminal.Output output, CancellationToken cancellation)
    {
        var home = AmnionHome.Open();
        IAsyncDisposable daemon;
        try
        {
            (daemon, var url) = await start(home).ConfigureAwait(false);
            DaemonState.WriteReady(home, name, url);
        }
        catch (Exception e) // boundary: the command that started this daemon tells the person
        {
            var (exit, message, hint, code) = CommandFrame.Describe(e);
            new DaemonFailure(exit, message, hint, code).Write(home, name);
            throw;
        }

        await using (daemon.ConfigureAwait(false))
        {
            output.Note($"{name} is ready");
            await ProxyCommand.UntilCancelledAsync(cancellation).ConfigureAwait(false);
        }

        DaemonState.Remove(home, name);
        return ExitCode.Accepted;
    }

    static async Task<(IAsyncDisposable, Uri)> BrokerAsync(AmnionHome home, string url, CancellationToken cancellation)
    {
        var server = await BrokerServer.StartAsync(new BrokerOptions { Directory = home.Broker, Url = url, Name = "local" }, Logs(), cancellationToken: cancellation).ConfigureAwait(false);
        return (server, server.Url);
    }

    static async Task<(IAsyncDisposable, Uri)> HostAsync(AmnionHome home, EnclaveTarget target, string folder, ModelSources sources, Uri broker, Uri url, CancellationToken cancellation)
    {
        var progressFile = Daemons.ProgressOf(home, Daemons.Host);
        File.Delete(progressFile);
        var progress = new StepLines(target.Platform, line => File.AppendAllText(progressFile, line + "\n"), sources.KeySourceName);
        var loggers = Logs();
        DeployedModel model;
        using (var http = EnclaveHost.BrokerHttp())
        {
            // Whose releases the enclave takes is measured: it comes from the broker, and no policy accepts another's.
            var signer = await new BrokerClient(http, broker).GetConfigurationSignerAsync(cancellation).ConfigureAwait(false);
            model = SealedModels.Load(home, folder, target, signer.Digest, sources, loggers);
        }

        var host = await EnclaveHost.StartAsync(home, target, model, broker, url, loggers, progress, cancellation).ConfigureAwait(false);
        return (host, host.Relay!.Address);
    }

    static async Task<(IAsyncDisposable, Uri)> ProxyAsync(AmnionHome home, string url, string relay, string[]? revocation, CancellationToken cancellation)
    {
        var keep = new ReceiptFolder(home.Receipts);
        var proxy = await ProxyServer.StartAsync(
            new ProxyOptions { Url = url, Client = new AmnionClientOptions { Relay = HttpUrl.Relay(relay), Policy = PolicyFile.Read(null, home), RevocationLists = RevocationFiles.Read(revocation), OnReceipt = keep.Keep } },
            cancellation).ConfigureAwait(false);
        try
        {
            await proxy.VerifyAsync(cancellation).ConfigureAwait(false);
            return (proxy, proxy.Url);
        }
        catch
        {
            // boundary: a proxy that could not verify does not stay.
            await proxy.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static ILoggerFactory Logs() => LoggerFactory.Create(builder => builder.AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.UseUtcTimestamp = true;
        console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
    }).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning));
}
