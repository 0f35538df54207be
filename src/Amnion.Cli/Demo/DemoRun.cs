using System.Diagnostics;
using System.Runtime.Versioning;
using Amnion.Cli.Commands;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.Client;
using Amnion.Client.Proxy;
using Amnion.KeyBroker;
using Amnion.Records;
using Microsoft.Extensions.Logging.Abstractions;
using OpenAI.Chat;

namespace Amnion.Cli.Demo;

/// <summary>The main job from sealing to receipt, once, in a home of its own that is removed afterwards.</summary>
[SupportedOSPlatform("linux")]
sealed class DemoRun(Output output, AmnionHome home) : IAsyncDisposable
{
    /// <summary>What is asked: the toy model knows it, and the answer is long enough to be seen streaming.</summary>
    public const string Question = "What is attestation?";

    readonly List<DemoStep> _steps = [];
    readonly Stopwatch _all = Stopwatch.StartNew();
    BrokerServer? _broker;
    EnclaveHost? _host;
    ProxyServer? _proxy;

    public IReadOnlyList<DemoStep> Steps => _steps;

    public AmnionHome Home => home;

    public ProgramDirectory? Program { get; private set; }

    public SealedDemoModel? Model { get; private set; }

    public Uri? Broker => _broker?.Url;

    public EnclaveHost? Host => _host;

    public string? Answer { get; private set; }

    public ReceiptFile? Receipt { get; private set; }

    public TimeSpan Elapsed => _all.Elapsed;

    /// <summary>Steps 1 to 7. Throws at the first that fails.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await PrepareAsync(cancellation).ConfigureAwait(false);
        await StepAsync("seal", () => Task.FromResult(Seal(cancellation))).ConfigureAwait(false);
        await StepAsync("broker", () => StartBrokerAsync(cancellation)).ConfigureAwait(false);
        await StepAsync("enclave", () => StartEnclaveAsync(cancellation)).ConfigureAwait(false);
        await StepAsync("registers", () => Task.FromResult(ShowRegisters())).ConfigureAwait(false);
        await StepAsync("verify", () => VerifyAsync(cancellation)).ConfigureAwait(false);
        await StepAsync("chat", () => ChatAsync(cancellation)).ConfigureAwait(false);
        await StepAsync("receipt", () => Task.FromResult(CheckReceipt())).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync().ConfigureAwait(false);
        }

        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync().ConfigureAwait(false);
        }
    }

    async Task StepAsync(string name, Func<Task<bool>> run)
    {
        var clock = Stopwatch.StartNew();
        var ok = false;
        try
        {
            ok = await run().ConfigureAwait(false);
        }
        finally
        {
            _steps.Add(new DemoStep(name, ok, clock.ElapsedMilliseconds));
        }

        if (!ok)
        {
            throw new CliException(ExitCode.Rejected, $"the demo's step \"{name}\" did not do what it should", "the lines above say what was refused");
        }
    }

    async Task PrepareAsync(CancellationToken cancellation)
    {
        var layers = await Amnion.Host.Local.SandboxCheck.LayersAsync(cancellation).ConfigureAwait(false);
        foreach (var layer in layers.Layers.Where(layer => !layer.Applied))
        {
            output.Line($"missing layer: {layer.Name} – {layer.Reason}");
        }

        Program = await ProgramDirectory.Open().ForLayersAsync(allowMissing: true, cancellation).ConfigureAwait(false);
    }

    bool Seal(CancellationToken cancellation)
    {
        output.Line("1. Seal the demo model");
        using var store = KeyStore.Open(home.Broker);
        var (model, policy) = SealedModels.Ensure(home, SealedModels.DemoModel(), Program!, DevelopmentAnchor.Of(home), store, null, cancellation);
        Model = new SealedDemoModel(model, policy);
        Tenants.AdmitFirst(home, store.Tenants);
        var content = model.Manifest.Content;
        output.Line($"   {content.Name}: {content.Parameters:N0} parameters, {content.Architecture}, sealed into {model.Files.Count} file(s), {model.Files.Sum(file => file.Length):N0} bytes of ciphertext");
        output.Line($"   manifest {model.Manifest.Digest}");
        return true;
    }

    async Task<bool> StartBrokerAsync(CancellationToken cancellation)
    {
        output.Line();
        output.Line("2. Start the key broker");
        _broker = await BrokerServer.StartAsync(new BrokerOptions { Directory = home.Broker, Url = "http://127.0.0.1:0", Name = "demo" }, cancellationToken: cancellation).ConfigureAwait(false);
        output.Line($"   key {Model!.Deployed.Manifest.Content.KeyId}: released only to");
        var asBuilt = ProgramDirectory.Open().Registers;
        foreach (var (register, values) in Model.Policy.Registers)
        {
            output.Line($"     register {register,2} = {values[0].ToString()[..32]}…   ({(values.SequenceEqual(asBuilt[register]) ? "from the build" : "for a sandbox without the missing layers")})");
        }

        output.Line($"     model       = {Model.Deployed.Manifest.Digest.Hex[..32]}…   (from sealing)");
        output.Line($"     trust anchor  {Model.Policy.TrustAnchor.ToString()[..32]}…   (development root of this machine)");
        return true;
    }

    async Task<bool> StartEnclaveAsync(CancellationToken cancellation)
    {
        output.Line();
        output.Line("3. Start the enclave on the platform local");
        output.Line($"   {CheckListing.Emulated}");
        _host = await EnclaveHost.StartAsync(home, Program!.Location, Model!.Deployed, Broker!, new Uri("http://127.0.0.1:0"), allowMissingLayers: true, NullLoggerFactory.Instance, new StepLines(line => output.Line($"   {line}")), cancellation).ConfigureAwait(false);
        return true;
    }

    bool ShowRegisters()
    {
        output.Line();
        output.Line("4. Its register log");
        foreach (var entry in _host!.Supervisor.RegisterLog!.Events)
        {
            output.Line($"   register {entry.Register} ← {entry.Name,-16} {entry.Digest.Hex[..32]}…");
        }

        return true;
    }

    async Task<bool> VerifyAsync(CancellationToken cancellation)
    {
        output.Line();
        output.Line("5. Verify it as a caller");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        var (_, _, result) = await new EnclaveVerifier(http, new AmnionClientOptions { Relay = _host!.Relay!.Address, Policy = Model!.Policy }).AppraiseAsync(cancellation).ConfigureAwait(false);
        CheckListing.Write(output, result);
        return result.Accepted;
    }

    async Task<bool> ChatAsync(CancellationToken cancellation)
    {
        output.Line();
        output.Line("6. Ask a question through the proxy, with the OpenAI package unmodified");
        var kept = new TaskCompletionSource<ReceiptFile>(TaskCreationOptions.RunContinuationsAsynchronously);
        _proxy = await ProxyServer.StartAsync(
            new ProxyOptions { Client = new AmnionClientOptions { Relay = _host!.Relay!.Address, Policy = Model!.Policy, OnReceipt = file => kept.TrySetResult(file) } },
            cancellation).ConfigureAwait(false);
        output.Line($"   OPENAI_BASE_URL={_proxy.BaseUrl}");
        output.Line($"   > {Question}");
        output.Text("   ");
        var client = ChatCommand.Client(_proxy.BaseUrl, Tenants.FirstKey(home));
        Answer = await ChatCommand.AskAsync(client, [new UserChatMessage(Question)], 128, output.Text, cancellation).ConfigureAwait(false);
        output.Line();
        Receipt = await kept.Task.WaitAsync(TimeSpan.FromSeconds(5), cancellation).ConfigureAwait(false);
        return Answer.Length > 0;
    }

    bool CheckReceipt()
    {
        output.Line();
        output.Line("7. The receipt");
        var (result, problem) = ReceiptCommand.Check(Receipt!, Model!.Policy);
        if (!output.Json)
        {
            ReceiptCommand.Write(output, Receipt!.Signed.Receipt, result, problem);
        }

        return result.Accepted && problem is null;
    }
}
