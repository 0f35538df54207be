using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Host.Local;
using Amnion.Host.Qemu;
using Amnion.Images;
using Amnion.Images.Content;
using Amnion.Images.Eif;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Records.Vsock;

namespace Amnion.Host.Tests.Qemu;

/// <summary>
/// What QEMU and its vsock back end do, without either: scripts that stay for the two programs, and this process in the place of the
/// machine, behind the sockets the back end would have made.
/// </summary>
sealed class FakeMachine : IAsyncDisposable
{
    /// <summary>Keeps its arguments beside itself and stays.</summary>
    public const string Emulator = "printf '%s\\n' \"$@\" >\"$0.new\"; /bin/mv \"$0.new\" \"$0.arguments\"; exec sleep 1000";

    /// <summary>Makes the socket that the emulator would connect to, and stays.</summary>
    public const string Backend = "s=${2#*socket=}; : >\"${s%%,*}\"; exec sleep 1000";

    readonly TemporaryDirectory _directory = new();
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _connections = [];
    Task _running = Task.CompletedTask;

    public FakeMachine(string emulator = Emulator, string backend = Backend)
    {
        Tools = new QemuTools { Emulator = Script("emulator", emulator), VsockBackend = Script("backend", backend), Firmware = _directory.Path };
        Image = _directory.Combine("image.eif");
        using (var file = File.Create(Image))
        {
            EifWriter.Write(file, ImageArchitecture.X64,
            [
                Part(EifSectionType.Kernel, "kernel"u8), Part(EifSectionType.CommandLine, "panic=30"u8), Part(EifSectionType.Metadata, "{}"u8),
                Part(EifSectionType.Ramdisk, "bootstrap"u8), Part(EifSectionType.Ramdisk, "application"u8),
            ]);
        }

        Registers = QemuPlatform.Measure(Image);
        Options = new QemuPlatformOptions { Image = Image, Tools = Tools, Home = Home, StartLimit = TimeSpan.FromSeconds(30) };
    }

    public string Home => _directory.Combine("home");

    public string Runs => Path.Combine(Home, "run");

    public string Image { get; }

    public QemuTools Tools { get; }

    public QemuPlatformOptions Options { get; init; }

    public ImmutableSortedDictionary<int, Digest> Registers { get; }

    /// <summary>What the document of the evidence says; a test changes it.</summary>
    public Func<NitroDocumentContent, NitroDocumentContent> Change { get; set; } = content => content;

    /// <summary>Makes evidence from the document's content; a test changes it.</summary>
    public Func<NitroDocumentContent, byte[]> Sign { get; set; } = UnsignedNitroDocument.Write;

    public string Platform { get; set; } = AttestationPlatform.Qemu;

    /// <summary>The emulator's arguments.</summary>
    public string[] Arguments => File.ReadAllLines(Tools.Emulator + ".arguments");

    /// <summary>The module's identifier among them.</summary>
    public string ModuleId => Arguments.Single(argument => argument.StartsWith("nitro-enclave,", StringComparison.Ordinal)).Split(',').Single(part => part.StartsWith("id=", StringComparison.Ordinal))[3..];

    /// <summary>Whether the heartbeat was answered.</summary>
    public bool Answered { get; private set; }

    /// <summary>Waits for the next run and serves it.</summary>
    public void Serve() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _directory.Dispose();
    }

    static EifPart Part(EifSectionType type, ReadOnlySpan<byte> data) => EifPart.Of(type, ImageContent.FromBytes(data.ToArray()));

    string Script(string name, string body)
    {
        var path = _directory.Combine(name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    async Task RunAsync()
    {
        string? ready = null;
        while (ready is null)
        {
            await Task.Delay(10, _stop.Token);
            ready = Directory.Exists(Runs) && File.Exists(Tools.Emulator + ".arguments") ? Directory.EnumerateFiles(Runs, "vm.vsock_9000", SearchOption.AllDirectories).FirstOrDefault() : null;
        }

        var path = ready[..^"_9000".Length];
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(16);
        using (var beat = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await beat.ConnectAsync(new UnixDomainSocketEndPoint(ready), _stop.Token);
            var octet = new byte[] { 0xB7 };
            _ = await beat.SendAsync(octet, _stop.Token);
            Answered = await beat.ReceiveAsync(octet, _stop.Token) == 1 && octet[0] == 0xB7;
        }

        while (true)
        {
            _connections.Add(ServeAsync(new NetworkStream(await listener.AcceptAsync(_stop.Token), ownsSocket: true)));
        }
    }

    async Task ServeAsync(NetworkStream stream)
    {
        var line = new byte["CONNECT 7000\n".Length];
        await stream.ReadExactlyAsync(line, _stop.Token);
        Assert.Equal($"CONNECT {VsockAddress.FramesPort}\n", Encoding.ASCII.GetString(line));
        await stream.WriteAsync("OK 1073741824\n"u8.ToArray(), _stop.Token);
        await using var frames = new FrameStream(stream);
        switch (await frames.ReadAsync(_stop.Token))
        {
            case { Type: FrameType.TelemetryRequest }:
                await FakeEnclave.AnswerTelemetryAsync(frames, _stop.Token);
                break;
            case { Type: FrameType.EvidenceRequest } request:
                await frames.WriteAsync(FrameType.Evidence, Evidence(request.Payload.Span[1..]), _stop.Token);
                break;
            case { Type: FrameType.KeyChallenge }:
                await frames.WriteAsync(FrameType.Evidence, Evidence(new byte[32]), _stop.Token);
                break;
        }
    }

    byte[] Evidence(ReadOnlySpan<byte> nonce)
    {
        var registers = Registers.ToImmutableSortedDictionary(pair => pair.Key, pair => new Measurement(pair.Value.Bytes))
            .Add(3, new Measurement(ImageMeasurement.OfText(Options.Role).Bytes))
            .Add(4, new Measurement(ImageMeasurement.OfText(Options.Instance).Bytes))
            .AddRange(Enumerable.Range(0, 17).Except([0, 1, 2, 3, 4]).Select(register => KeyValuePair.Create(register, Measurement.Zero(48))));
        var content = new NitroDocumentContent
        {
            ModuleId = ModuleId,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000),
            Pcrs = registers,
            Certificate = default,
            CaBundle = [],
            Nonce = nonce.ToArray(),
            UserData = new byte[] { 1, 2, 3 },
        };
        return (Samples.Bundle(nonce) with { Platform = Platform, Evidence = [.. Sign(Change(content))] }).ToJson();
    }
}
