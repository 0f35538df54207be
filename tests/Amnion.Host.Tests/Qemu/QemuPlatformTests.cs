using System.Net.Sockets;
using System.Text;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Host.Qemu;
using Amnion.Records;

namespace Amnion.Host.Tests.Qemu;

public sealed class QemuPlatformTests
{
    const int Limit = 60_000;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Starts_a_machine_answers_its_heartbeat_and_signs_its_documents_outside()
    {
        await using var machine = new FakeMachine();
        using var platform = new QemuPlatform(machine.Options, TimeProvider.System);
        machine.Serve();
        await using var enclave = (QemuEnclave)await platform.StartAsync(null, Cancellation);
        Assert.True(machine.Answered);
        Assert.Equal("qemu", enclave.Platform);
        Assert.Equal(machine.ModuleId, enclave.ModuleId);
        Assert.Equal([0, 1, 2, 3, 4], enclave.LaunchRegisters.Keys);
        Assert.Equal(machine.Registers[0], enclave.LaunchRegisters[0]);

        var nonce = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var bundle = EvidenceBundle.Parse(await enclave.Connection.GetEvidenceAsync(nonce, Cancellation));
        Assert.Equal("qemu", bundle.Platform);
        var document = NitroDocument.Parse(bundle.Evidence.AsSpan());
        Assert.Equal(enclave.ModuleId, document.ModuleId);
        Assert.Equal(1_790_000_000_000, document.Timestamp.ToUnixTimeMilliseconds());
        Assert.Equal(nonce, document.Nonce!.Value.ToArray());
        Assert.Equal([1, 2, 3], document.UserData!.Value.ToArray());
        Assert.Equal(machine.Registers[2].Hex, document.Pcrs[2].ToString());
        var anchor = TrustAnchor.FromCertificate(platform.Authority.Root.RawData);
        Assert.All(NitroVerifier.Verify(document, new NitroVerification { Anchor = anchor, At = TimeProvider.System.GetUtcNow().AddYears(1) }).Where(check => check.Code == NitroCodes.Signature), check => Assert.Equal(CheckOutcome.Pass, check.Outcome));

        // The evidence of a key release goes the same way.
        await using var exchange = await enclave.Connection.BeginReleaseAsync(Samples.Challenge("model"), Cancellation);
        Assert.True(NitroDocument.TryParse(EvidenceBundle.Parse(exchange.Evidence.Span).Evidence.AsSpan(), out _));
    }

    [Fact(Timeout = Limit)]
    public async Task Stopping_leaves_no_process_and_no_file()
    {
        await using var machine = new FakeMachine();
        using var platform = new QemuPlatform(machine.Options, TimeProvider.System);
        machine.Serve();
        var enclave = (QemuEnclave)await platform.StartAsync(null, Cancellation);
        Assert.NotEmpty(Directory.EnumerateDirectories(machine.Runs));
        Assert.False(enclave.Exited.IsCompleted);
        await enclave.DisposeAsync();
        await enclave.DisposeAsync();
        Assert.Equal(128 + 9, await enclave.Exited);
        Assert.False(Directory.Exists($"/proc/{enclave.ProcessId}"));
        Assert.Empty(Directory.EnumerateDirectories(machine.Runs));
        await Assert.ThrowsAsync<EnclaveUnavailableException>(() => enclave.Connection.GetTelemetryAsync(Cancellation));
    }

    [Fact(Timeout = Limit)]
    public async Task A_machine_that_ends_says_why()
    {
        await using var machine = new FakeMachine(emulator: "echo 'no room to unpack' >&2; exit 3");
        using var platform = new QemuPlatform(machine.Options, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<EnclaveUnavailableException>(() => platform.StartAsync(null, Cancellation));
        Assert.Equal(HostCodes.QemuFailed, failure.Code);
        Assert.Contains("exit status 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no room to unpack", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(machine.Runs));
    }

    [Fact(Timeout = Limit)]
    public async Task A_back_end_that_ends_says_why()
    {
        await using var machine = new FakeMachine(backend: "echo 'bad address' >&2; exit 1");
        using var platform = new QemuPlatform(machine.Options, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<EnclaveUnavailableException>(() => platform.StartAsync(null, Cancellation));
        Assert.Equal(HostCodes.QemuFailed, failure.Code);
        Assert.Empty(Directory.EnumerateDirectories(machine.Runs));
    }

    [Fact(Timeout = Limit)]
    public async Task A_machine_that_never_serves_is_given_up_and_removed()
    {
        await using var machine = new FakeMachine();
        using var platform = new QemuPlatform(machine.Options with { StartLimit = TimeSpan.FromSeconds(1) }, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<EnclaveUnavailableException>(() => platform.StartAsync(null, Cancellation));
        Assert.Equal(HostCodes.QemuFailed, failure.Code);
        Assert.Empty(Directory.EnumerateDirectories(machine.Runs));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => platform.StartAsync(null, stop.Token));
        Assert.Empty(Directory.EnumerateDirectories(machine.Runs));
    }

    [Theory(Timeout = Limit)]
    [InlineData("module")]
    [InlineData("image")]
    [InlineData("role")]
    [InlineData("absent")]
    [InlineData("unknown")]
    public async Task A_document_that_says_something_else_than_was_started_is_not_signed(string what)
    {
        await using var machine = new FakeMachine();
        machine.Change = content => what switch
        {
            "module" => content with { ModuleId = "another" },
            "image" => content with { Pcrs = content.Pcrs.SetItem(0, new Measurement(new byte[47].Append((byte)1).ToArray())) },
            "role" => content with { Pcrs = content.Pcrs.SetItem(3, Measurement.Zero(48)) },
            "absent" => content with { Pcrs = content.Pcrs.Remove(2) },
            _ => content with { Pcrs = content.Pcrs.SetItem(9, content.Pcrs[0]) },
        };
        using var platform = new QemuPlatform(machine.Options, TimeProvider.System);
        machine.Serve();
        await using var enclave = await platform.StartAsync(null, Cancellation);
        Assert.Equal(HostCodes.DocumentMismatch, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => enclave.Connection.GetEvidenceAsync(new byte[32], Cancellation))).Code);
        Assert.Equal(HostCodes.DocumentMismatch, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => enclave.Connection.BeginReleaseAsync(Samples.Challenge("model"), Cancellation))).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Evidence_of_another_platform_or_kind_does_not_pass()
    {
        await using var machine = new FakeMachine();
        using var platform = new QemuPlatform(machine.Options, TimeProvider.System);
        machine.Serve();
        await using var enclave = await platform.StartAsync(null, Cancellation);
        machine.Platform = AttestationPlatform.Nitro;
        Assert.Equal(HostCodes.EnclaveProtocol, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => enclave.Connection.GetEvidenceAsync(new byte[32], Cancellation))).Code);
        machine.Platform = AttestationPlatform.Qemu;
        machine.Sign = _ => [0x84, 1, 2, 3];
        Assert.Equal(HostCodes.EnclaveProtocol, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => enclave.Connection.GetEvidenceAsync(new byte[32], Cancellation))).Code);
    }

    [Fact]
    public async Task Says_what_is_missing_or_too_small_before_it_starts_anything()
    {
        await using var machine = new FakeMachine();
        using var absent = new QemuPlatform(machine.Options with { Tools = machine.Tools with { Emulator = "/nowhere/qemu" } }, TimeProvider.System);
        var missing = await Assert.ThrowsAsync<EnclaveUnavailableException>(() => absent.StartAsync(null, Cancellation));
        Assert.Equal(HostCodes.QemuMissing, missing.Code);
        Assert.Contains("/nowhere/qemu", missing.Message, StringComparison.Ordinal);

        using var small = new QemuPlatform(machine.Options with { MemoryMiB = 128 }, TimeProvider.System);
        Assert.Equal(HostCodes.MemoryTooSmall, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => small.StartAsync(null, Cancellation))).Code);

        await File.WriteAllTextAsync(machine.Image, "no image", Cancellation);
        using var unfit = new QemuPlatform(machine.Options, TimeProvider.System);
        Assert.Equal(HostCodes.ImageUnfit, (await Assert.ThrowsAsync<EnclaveImageException>(() => unfit.StartAsync(null, Cancellation))).Code);
        File.Delete(machine.Image);
        Assert.Equal(HostCodes.ImageMissing, (await Assert.ThrowsAsync<EnclaveImageException>(() => unfit.StartAsync(null, Cancellation))).Code);
        Assert.False(Directory.Exists(machine.Runs));
    }

    [Fact]
    public async Task A_damaged_image_is_refused()
    {
        await using var machine = new FakeMachine();
        var bytes = await File.ReadAllBytesAsync(machine.Image, Cancellation);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(machine.Image, bytes, Cancellation);
        Assert.Equal(HostCodes.ImageUnfit, Assert.Throws<EnclaveImageException>(() => QemuPlatform.Measure(machine.Image)).Code);
    }

    [Fact]
    public void The_emulators_arguments_touch_nothing_of_the_machine()
    {
        var options = new QemuPlatformOptions { Image = "/i.eif", Tools = QemuTools.In("/t"), Home = "/h", Role = "arn:a,b", Instance = "i-1", Processors = 3 };
        var arguments = QemuMachine.Arguments(options, "m-1", 512, "/r/vhost.sock", "/r/console.sock");
        Assert.Equal("nitro-enclave,vsock=c,id=m-1,parent-role=arn:a,,b,parent-id=i-1", After(arguments, "-M"));
        Assert.Equal("512M", After(arguments, "-m"));
        Assert.StartsWith("tcg", After(arguments, "-accel"), StringComparison.Ordinal);
        Assert.Contains("-nodefaults", arguments);
        Assert.Contains("-no-reboot", arguments);
        Assert.DoesNotContain(arguments, argument => argument.Contains("/dev/", StringComparison.Ordinal) || argument is "-append" or "-initrd" or "-netdev" or "-drive" or "-monitor" or "-qmp" or "-gdb");
    }

    [Fact]
    public void Memory_follows_from_image_and_weights()
    {
        var small = QemuMemory.For(60 * 1024 * 1024, 0);
        Assert.Equal(0, small.Mebibytes % 64);
        Assert.InRange(small.Mebibytes, 256, 512);
        Assert.Contains("120 (twice the image)", small.Sum, StringComparison.Ordinal);
        Assert.True(QemuMemory.For(60 * 1024 * 1024, 1L << 30).Mebibytes >= small.Mebibytes + 1024);
    }

    [Fact]
    public void Output_is_kept_bounded_clean_and_not_for_ever()
    {
        var seen = 0;
        var tail = new OutputTail(bytes => seen += bytes.Length);
        tail.Keep(new byte[3 * OutputTail.MaxKept]);
        tail.Keep("first\nboot \u001b[31mred\r\nlast"u8);
        Assert.Equal(["first", "boot [31mred", "last"], tail.LastLines().Split('\n').TakeLast(3));
        Assert.InRange(tail.LastLines().Length, 1, 4096);
        tail.Close();
        tail.Keep("later"u8);
        Assert.Equal("", tail.LastLines());
        Assert.Equal(0, seen);
    }

    [Theory(Timeout = Limit)]
    [InlineData("OK 5\n", true)]
    [InlineData("NO\n", false)]
    [InlineData("", false)]
    [InlineData("OK 11111111111111111111111111111111111111111111", false)]
    public async Task Connects_where_the_back_end_says_ok_only(string answer, bool connected)
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Combine("vm.vsock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var serving = Task.Run(async () =>
        {
            using var connection = await listener.AcceptAsync(Cancellation);
            _ = await connection.ReceiveAsync(new byte[64], Cancellation);
            _ = await connection.SendAsync(Encoding.ASCII.GetBytes(answer + (connected ? "x" : "")), Cancellation);
        }, Cancellation);
        if (connected)
        {
            await using var stream = await HybridVsock.ConnectAsync(path, 7000, Cancellation);
            Assert.Equal((byte)'x', stream.ReadByte());
        }
        else
        {
            await Assert.ThrowsAsync<IOException>(async () => await HybridVsock.ConnectAsync(path, 7000, Cancellation));
        }

        await serving;
    }

    static string After(IReadOnlyList<string> arguments, string name) => arguments[arguments.ToList().IndexOf(name) + 1];
}
