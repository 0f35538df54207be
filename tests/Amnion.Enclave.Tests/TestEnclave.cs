using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Amnion.Enclave.Nsm;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Weights;
using Amnion.Guard.Packs;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Records.Vsock;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

/// <summary>An enclave in this process behind a real socket, and the host's side of every exchange.</summary>
sealed class TestEnclave : IAsyncDisposable
{
    public const string ApiKey = "sk-test-0123456789abcdef";
    public const string RevokedKey = "sk-revoked-0123456789";

    readonly CancellationTokenSource _stop = new();
    readonly IDisposable _listener;
    readonly string _path = Path.Combine(Path.GetTempPath(), "amn" + RandomNumberGenerator.GetHexString(12));
    readonly Task _server;

    /// <param name="loader">Another loader than the fake one.</param>
    /// <param name="image">What the image was built for.</param>
    /// <param name="device">As behind /dev/nsm and vsock: nobody names a platform, and the listener is a descriptor.</param>
    /// <param name="moduleSpeed">How fast the module's clock runs beside the monotonic one.</param>
    public TestEnclave(IModelLoader? loader = null, ImageConfiguration? image = null, bool device = false, double moduleSpeed = 1)
    {
        Nsm = new FakeNsm(Time) { Speed = moduleSpeed };
        Loader = new FakeLoader(Engine);
        Telemetry = new TelemetryLog(Time);
        Gate = new BootGate(new SecurityModule(Nsm, device ? null : "local"), loader ?? Loader, image, Time, Telemetry);
        Server = new FrameServer(new ExchangeDispatcher(Gate, Telemetry), Time);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        // .NET deletes the bound path with the socket object; another name stays.
        socket.Bind(new UnixDomainSocketEndPoint(_path + "-"));
        File.Move(_path + "-", _path);
        socket.Listen(2 * FrameServer.MaxConnections);
        if (device)
        {
            var vsock = VsockListener.FromDescriptor((int)socket.SafeHandle.DangerousGetHandle());
            socket.SafeHandle.SetHandleAsInvalid();
            _listener = vsock;
            _server = Server.RunAsync(async cancellation => await vsock.AcceptAsync(cancellation), _stop.Token);
        }
        else
        {
            var unix = new UnixListener(socket);
            _listener = unix;
            _server = Server.RunAsync(unix.AcceptAsync, _stop.Token);
        }
    }

    public static TestModel Model => TestModel.Shared;

    public ManualTime Time { get; } = new();

    public FakeNsm Nsm { get; }

    public FakeEngine Engine { get; } = new();

    public FakeLoader Loader { get; }

    public BootGate Gate { get; }

    public FrameServer Server { get; }

    public TelemetryLog Telemetry { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TestEnclave> BootedAsync(GuardPolicy? guard = null)
    {
        var enclave = new TestEnclave();
        await enclave.BootAsync(Model.Boot with { Guard = [.. (guard ?? GuardPolicy.None).ToJson()] });
        return enclave;
    }

    public static async Task<TestEnclave> KeyedAsync(GuardPolicy? guard = null)
    {
        var enclave = await BootedAsync(guard);
        await enclave.ReleaseAsync();
        return enclave;
    }

    /// <summary>Booted, loaded and configured.</summary>
    public static async Task<TestEnclave> ReadyAsync(GuardPolicy? guard = null)
    {
        var enclave = await KeyedAsync(guard);
        await enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);
        await enclave.ConfigureAsync(enclave.Configuration());
        return enclave;
    }

    public async Task<FrameStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), Cancellation);
        return new FrameStream(new NetworkStream(socket, ownsSocket: true));
    }

    public async Task<Stream> ConnectRawAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), Cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends one frame and reads one of a type.</summary>
    public async Task<byte[]> AskAsync(FrameType type, byte[] payload, FrameType answer)
    {
        await using var frames = await ConnectAsync();
        await frames.WriteAsync(type, payload, Cancellation);
        return (await frames.ExpectAsync(answer, Cancellation)).ToArray();
    }

    public async Task<RegisterLog> BootAsync(BootRequest request) => RegisterLog.Parse(await AskAsync(FrameType.Boot, request.ToJson(), FrameType.Booted));

    public async Task<EvidenceBundle> EvidenceAsync(byte[] nonce) => EvidenceBundle.Parse(await AskAsync(FrameType.EvidenceRequest, [0, .. nonce], FrameType.Evidence));

    public ReleaseChallenge Challenge() => new()
    {
        Challenge = [.. RandomNumberGenerator.GetBytes(32)],
        KeyId = TestModel.KeyId,
        Broker = "broker",
        Expires = Nsm.Now.AddMinutes(1).ToUnixTimeMilliseconds(),
    };

    /// <summary>A key release as the broker does it; the parts can be changed.</summary>
    public async Task ReleaseAsync(Func<ReleaseChallenge, ReleaseChallenge>? wrapFor = null, SecretBytes? dataKey = null, Func<WrappedKey, WrappedKey>? change = null, Digest? manifest = null)
    {
        var challenge = Challenge();
        await using var frames = await ConnectAsync();
        await frames.WriteAsync(FrameType.KeyChallenge, challenge.ToJson(), Cancellation);
        var bundle = EvidenceBundle.Parse((await frames.ExpectAsync(FrameType.Evidence, Cancellation)).Span);
        var wrapped = Wrap(bundle, wrapFor?.Invoke(challenge) ?? challenge, dataKey ?? Model.DataKey, manifest ?? Model.Manifest.Digest);
        await frames.WriteAsync(FrameType.WrappedKey, (change?.Invoke(wrapped) ?? wrapped).ToJson(), Cancellation);
        _ = await frames.ExpectAsync(FrameType.Done, Cancellation);
    }

    public static WrappedKey Wrap(EvidenceBundle bundle, ReleaseChallenge challenge, SecretBytes dataKey, Digest manifest)
    {
        var key = HpkePublicKey.Import(HpkeKem.P256, bundle.Keyset.Sealing[0].PublicKey.AsSpan());
        var ciphertext = Hpke.Seal(HpkeSuite.P256Sha256Aes256Gcm, key, challenge.WrapInfo(manifest), [], dataKey.Reveal(SecretAccess.Wrapping), out var enc);
        return new WrappedKey { KeyId = challenge.KeyId, Suite = Suites.P256Aes256Gcm, Enc = [.. enc], Ciphertext = [.. ciphertext] };
    }

    public async Task SendFileAsync(string name, byte[] sealedFile, int piece = FrameLimits.WeightsData)
    {
        await using var frames = await ConnectAsync();
        await frames.WriteAsync(FrameType.WeightsFile, Encoding.UTF8.GetBytes(name), Cancellation);
        try
        {
            for (var offset = 0; offset < sealedFile.Length; offset += piece)
            {
                await frames.WriteAsync(FrameType.WeightsData, sealedFile.AsMemory(offset, Math.Min(piece, sealedFile.Length - offset)), Cancellation);
            }

            await frames.WriteAsync(FrameType.WeightsEnd, default, Cancellation);
        }
        catch (IOException)
        {
            // Refused in the middle: the reason waits to be read.
        }

        _ = await frames.ExpectAsync(FrameType.Done, Cancellation);
    }

    public ConfigurationRelease Configuration(long version = 5, int requests = 1000, long tokens = 1_000_000) => new()
    {
        Version = version,
        Issued = Nsm.Now.ToUnixTimeMilliseconds(),
        Expires = Nsm.Now.AddHours(1).ToUnixTimeMilliseconds(),
        Tenants =
        [
            new Tenant
            {
                Id = "acme",
                KeyHashes = [Digest.Sha256(Encoding.ASCII.GetBytes(ApiKey)), Digest.Sha256(Encoding.ASCII.GetBytes(RevokedKey))],
                RevokedKeyHashes = [Digest.Sha256(Encoding.ASCII.GetBytes(RevokedKey))],
                RequestsPerMinute = requests,
                TokensPerHour = tokens,
            },
        ],
    };

    public Task ConfigureAsync(ConfigurationRelease release) => AskAsync(FrameType.Configuration, release.Sign(Model.ConfigurationSigner), FrameType.Done);

    public static async Task<string> CodeOfAsync(Func<Task> exchange) => (await Assert.ThrowsAsync<FrameFailedException>(exchange)).Code;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _server;
        _listener.Dispose();
        Server.Dispose();
        await Gate.DisposeAsync();
        _stop.Dispose();
        File.Delete(_path);
    }
}
