using System.Buffers.Text;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.Commands;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Client;
using Amnion.Host;
using Amnion.Host.Local;
using Amnion.KeyBroker;
using Amnion.Models.Sealed;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Sealing;

namespace Amnion.Cli.Demo;

/// <summary>What a hostile host tries, each for real: files are changed, enclaves started, keys asked for. Each must be refused.</summary>
[SupportedOSPlatform("linux")]
sealed class DemoTampers(DemoRun run)
{
    static readonly (string Name, Func<DemoTampers, CancellationToken, Task<DemoTamper>> Try)[] s_all =
    [
        ("one bit of the sealed weights", (tampers, cancellation) => tampers.WeightsAsync(cancellation)),
        ("one bit of the enclave program", (tampers, cancellation) => tampers.ProgramAsync(cancellation)),
        ("one bit of the model's signature", (tampers, cancellation) => tampers.SignatureAsync(cancellation)),
        ("a replayed document with an old nonce", (tampers, cancellation) => tampers.ReplayAsync(cancellation)),
        ("a model whose manifest does not match register 16", (tampers, cancellation) => tampers.OtherModelAsync(cancellation)),
        ("a host with its own broker and key", (tampers, cancellation) => tampers.OwnBrokerAsync(cancellation)),
    ];

    AmnionHome Home => run.Home;

    /// <summary>All, in order; each is reported as it ends.</summary>
    public async Task<IReadOnlyList<DemoTamper>> RunAsync(Action<DemoTamper> report, CancellationToken cancellation)
    {
        var results = new List<DemoTamper>();
        foreach (var (name, attempt) in s_all)
        {
            var result = (await attempt(this, cancellation).ConfigureAwait(false)) with { Name = name };
            results.Add(result);
            report(result);
        }

        return results;
    }

    async Task<DemoTamper> WeightsAsync(CancellationToken cancellation)
    {
        var copy = CopyOf(run.Model!.Deployed.Folder, "tampered-weights");
        var sealedFile = SealedModelPackage.OpenManifest(copy).Files.MaxBy(file => file.SealedLength)!;
        BitFlip.InFile(sealedFile.Path, sealedFile.SealedLength / 2);
        return await LaunchAsync(Load(copy), run.Broker!, cancellation).ConfigureAwait(false);
    }

    async Task<DemoTamper> SignatureAsync(CancellationToken cancellation)
    {
        var copy = CopyOf(run.Model!.Deployed.Folder, "tampered-signature");
        var path = Path.Combine(copy, SealedModelPackage.SignatureName);
        BitFlip.InFile(path, SignatureByte(await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false)));
        return await LaunchAsync(Load(copy), run.Broker!, cancellation).ConfigureAwait(false);
    }

    async Task<DemoTamper> ProgramAsync(CancellationToken cancellation)
    {
        var platform = Tampered(run.Target!).Open(Home, run.Model!.Deployed.SealedLength);
        using var closing = platform as IDisposable;
        await using var enclave = await platform.StartAsync(null, cancellation).ConfigureAwait(false);
        var model = run.Model;
        await enclave.Connection.BootAsync(model.Deployed.Boot, cancellation).ConfigureAwait(false);

        // It boots, and says truly what it is: callers refuse it …
        var nonce = Nonce();
        var bundle = EvidenceBundle.Parse(await enclave.Connection.GetEvidenceAsync(nonce, cancellation).ConfigureAwait(false));
        var caller = BundleAppraiser.Appraise(bundle, model.Policy, nonce, Purpose.Serve, TimeProvider.System.GetUtcNow());

        // … and the broker gives it no key.
        using var http = EnclaveHost.BrokerHttp();
        var broker = new BrokerClient(http, run.Broker!);
        var keyId = model.Deployed.Manifest.Content.KeyId;
        var challenge = await broker.GetChallengeAsync(keyId, cancellation).ConfigureAwait(false);
        await using var exchange = await enclave.Connection.BeginReleaseAsync(challenge, cancellation).ConfigureAwait(false);
        try
        {
            await broker.ReleaseAsync(keyId, challenge, exchange.Evidence, cancellation).ConfigureAwait(false);
            return new DemoTamper("", false, null, "the broker released the key");
        }
        catch (KeyReleaseRefusedException e)
        {
            var code = CommandFrame.RefusalCode(e);
            return new DemoTamper("", !caller.Accepted, code, caller.Accepted
                ? "the broker refused, a caller did not"
                : $"it boots and measures differently; no key ({e.Code}); callers refuse ({string.Join(", ", caller.Failures.Select(check => check.Code))})");
        }
    }

    async Task<DemoTamper> ReplayAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        var recorded = await http.GetByteArrayAsync(new Uri(run.Host!.Relay!.Address, $".well-known/amnion/evidence?nonce={Base64Url.EncodeToString(Nonce())}"), cancellation).ConfigureAwait(false);
        using var hostile = new ReplayingRelay(recorded);
        using var client = new SealedHttpHandler(new AmnionClientOptions { Relay = run.Host.Relay.Address, Policy = run.Model!.Policy, Transport = hostile });
        try
        {
            await client.VerifyAsync(cancellation).ConfigureAwait(false);
            return new DemoTamper("", false, null, "the client accepted it");
        }
        catch (AmnionClientException e) when (e.Result is { } result)
        {
            return new DemoTamper("", true, result.Failures.First().Code, $"the client sent nothing ({e.Code}): {result.Failures.First().Name}");
        }
    }

    async Task<DemoTamper> OtherModelAsync(CancellationToken cancellation)
    {
        // Signed by the same owner, and naming the same key: another manifest, so another register 16.
        using var signer = Signers.Model(Home);
        using var otherKey = SecretBytes.Random(KeyStore.KeyLength);
        var folder = Path.Combine(Home.Models, "other");
        ModelSealer.Seal(new ModelSealRequest { Weights = SealedModels.DemoModel(), Destination = folder, Name = "another model", DataKey = otherKey, KeyId = run.Model!.Deployed.Manifest.Content.KeyId, Signer = signer }, cancellationToken: cancellation);
        return await LaunchAsync(Load(folder), run.Broker!, cancellation).ConfigureAwait(false);
    }

    async Task<DemoTamper> OwnBrokerAsync(CancellationToken cancellation)
    {
        // The host's broker accepts the enclave and hands out a key of the host's choice, under the right name.
        var folder = Home.Path("hostile-broker");
        var keyId = run.Model!.Deployed.Manifest.Content.KeyId;
        using (var store = KeyStore.Open(folder))
        {
            using var own = store.Create(keyId, run.Model.Policy);
        }

        await using var broker = await BrokerServer.StartAsync(new BrokerOptions { Directory = folder, Url = "http://127.0.0.1:0", Name = "hostile" }, cancellationToken: cancellation).ConfigureAwait(false);
        return await LaunchAsync(run.Model.Deployed, broker.Url, cancellation).ConfigureAwait(false);
    }

    async Task<DemoTamper> LaunchAsync(DeployedModel model, Uri broker, CancellationToken cancellation)
    {
        var platform = run.Target!.Open(Home, model.SealedLength);
        using var closing = platform as IDisposable;
        using var http = EnclaveHost.BrokerHttp();
        var client = new BrokerClient(http, broker);
        await using var supervisor = new EnclaveSupervisor(platform, model.Deployment(client), client, new SupervisorOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EnclaveSupervisor>.Instance);
        try
        {
            await supervisor.StartAsync(null, cancellation).ConfigureAwait(false);
            return new DemoTamper("", false, null, "the enclave served");
        }
        catch (KeyReleaseRefusedException e)
        {
            return new DemoTamper("", true, CommandFrame.RefusalCode(e), $"the broker released no key ({e.Code}){(e.Checks.IsDefaultOrEmpty ? "" : ": " + string.Join("; ", e.Checks.Select(check => check.Name)))}");
        }
        catch (FrameFailedException e)
        {
            return new DemoTamper("", true, e.Code, "the enclave refused and holds nothing");
        }
    }

    EnclaveTarget Tampered(EnclaveTarget target)
    {
        switch (target)
        {
            case EnclaveTarget.Local local:
                var copy = CopyOf(local.Program.Location, "tampered-program");
                var program = Path.Combine(copy, EnclaveImage.ProgramName);
                BitFlip.InFile(program, BitFlip.HarmlessOffset(program));
                return local with { Program = local.Program.At(copy) };
            case EnclaveTarget.Qemu qemu:
                var image = Home.Path("tampered.eif");
                BitFlip.InImage(qemu.Image, image, "app/" + EnclaveImage.ProgramName);
                return qemu with { Image = image };
            default:
                throw new NotSupportedException(target.Platform);
        }
    }

    DeployedModel Load(string folder) => SealedModels.Load(Home, folder, run.Target!, run.Model!.Deployed.ConfigurationSigner);

    string CopyOf(string folder, string name)
    {
        var target = Home.Path(name);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(target, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to, overwrite: true);
        }

        return target;
    }

    // Within the base64 of the signature itself, so that the file stays well-formed and only the signature is another.
    static long SignatureByte(string bundle)
    {
        var at = bundle.IndexOf("\"sig\":\"", StringComparison.Ordinal);
        return at < 0 ? throw new InvalidDataException("the signature bundle has no sig") : at + "\"sig\":\"".Length + 20;
    }

    static byte[] Nonce() => System.Security.Cryptography.RandomNumberGenerator.GetBytes(EnclaveVerifier.NonceLength);
}
