using System.Text;
using Amnion.Attestation.Nitro;
using Amnion.Host.Local;

namespace Amnion.Host.Tests.Local;

public sealed class SandboxTests
{
    const long Eperm = -1;
    const long Enoent = -2;
    const long Ebadf = -9;
    const long Erofs = -30;
    const long Enosys = -38;
    const long EafNoSupport = -97;

    [Fact]
    public async Task Dangerous_system_calls_are_refused_inside()
    {
        using var fixture = await LocalFixture.CreateAsync();
        await using var enclave = await fixture.StartAsync();
        (string Name, long Number, long[] Arguments)[] refused =
        [
            ("ptrace", 101, [0, 0, 0, 0]), ("process_vm_readv", 310, [1, 0, 0, 0, 0, 0]), ("process_vm_writev", 311, [1, 0, 0, 0, 0, 0]),
            ("mount", 165, [0, 0, 0, 0, 0]), ("umount2", 166, [0, 0]), ("pivot_root", 155, [0, 0]), ("chroot", 161, [0]),
            ("move_mount", 429, [0, 0, 0, 0, 0]), ("open_tree", 428, [0, 0, 0]), ("fsopen", 430, [0, 0]), ("mount_setattr", 442, [0, 0, 0, 0, 0]),
            ("kexec_load", 246, [0, 0, 0, 0]), ("kexec_file_load", 320, [0, 0, 0, 0, 0]), ("bpf", 321, [0, 0, 0]), ("perf_event_open", 298, [0, 0, 0, 0, 0]),
            ("userfaultfd", 323, [0]), ("keyctl", 250, [0, 0, 0, 0, 0]), ("add_key", 248, [0, 0, 0, 0, 0]), ("request_key", 249, [0, 0, 0, 0]),
            ("io_uring_setup", 425, [1, 0]), ("personality", 135, [0]), ("init_module", 175, [0, 0, 0]), ("finit_module", 313, [0, 0, 0]), ("delete_module", 176, [0, 0]),
            ("swapon", 167, [0, 0]), ("reboot", 169, [0, 0, 0, 0]), ("setns", 308, [0, 0]), ("unshare", 272, [0]), ("pidfd_getfd", 438, [0, 0, 0]),
            ("open_by_handle_at", 304, [0, 0, 0]), ("clone with a user namespace", 56, [0x10000000, 0, 0, 0, 0]), ("ioctl TIOCSTI", 16, [0, 0x5412, 0]),
        ];
        foreach (var (name, number, arguments) in refused)
        {
            var (result, _) = await ProbeProgram.CallAsync(fixture.SocketPath, number, arguments);
            Assert.True(result == Eperm, $"{name} gave {result}; expected EPERM.");
        }

        Assert.Equal(Enosys, (await ProbeProgram.CallAsync(fixture.SocketPath, 435, [0, 0])).Result);
        Assert.Equal(Enosys, (await ProbeProgram.CallAsync(fixture.SocketPath, 5000, [])).Result);
    }

    [Fact]
    public async Task No_socket_but_a_unix_socket_can_be_made_inside()
    {
        using var fixture = await LocalFixture.CreateAsync();
        await using var enclave = await fixture.StartAsync();
        foreach (var family in new long[] { 2 /* inet */, 10 /* inet6 */, 16 /* netlink */, 17 /* packet */, 38 /* alg */, 40 /* vsock */ })
        {
            Assert.Equal(EafNoSupport, (await ProbeProgram.CallAsync(fixture.SocketPath, 41, [family, 1, 0])).Result);
        }

        Assert.True((await ProbeProgram.CallAsync(fixture.SocketPath, 41, [1, 1, 0])).Result >= 0);
    }

    [Fact]
    public async Task The_file_system_inside_is_the_program_and_nothing_of_the_host()
    {
        using var fixture = await LocalFixture.CreateAsync();
        await using var enclave = await fixture.StartAsync();
        Assert.Equal(Enoent, await OpenAsync(fixture, "/etc/passwd", 0));
        Assert.Equal(Enoent, await OpenAsync(fixture, "/usr", 0));
        Assert.Equal(Enoent, await OpenAsync(fixture, "/sys", 0));
        Assert.Equal(Enoent, await OpenAsync(fixture, fixture.Home, 0));
        Assert.Equal(Enoent, await OpenAsync(fixture, "/dev/mem", 0));
        Assert.True(await OpenAsync(fixture, "/app/amnion-enclave", 0) >= 0);
        Assert.True(await OpenAsync(fixture, "/dev/urandom", 0) >= 0);

        const long WriteCreate = 0x41;
        Assert.Equal(Erofs, await OpenAsync(fixture, "/app/new", WriteCreate));
        Assert.Equal(Erofs, await OpenAsync(fixture, "/new", WriteCreate));
        Assert.Equal(Erofs, await OpenAsync(fixture, "/lib/new", WriteCreate));
        Assert.Equal(Erofs, await OpenAsync(fixture, "/dev/new", WriteCreate));
        Assert.True(await OpenAsync(fixture, "/tmp/new", WriteCreate) >= 0);
    }

    [Fact]
    public async Task The_program_inherits_exactly_the_descriptors_it_was_given()
    {
        using var leak = new FileStream("/dev/zero", FileMode.Open);
        Assert.Equal(0, NativeMethods.Fcntl((int)leak.SafeFileHandle.DangerousGetHandle(), 2 /* F_SETFD */, 0));
        using var fixture = await LocalFixture.CreateAsync();
        await using var enclave = await fixture.StartAsync();
        var open = new List<int>();
        for (var fd = 0; fd < 256; fd++)
        {
            if ((await ProbeProgram.CallAsync(fixture.SocketPath, 72, [fd, 1 /* F_GETFD */, 0])).Result != Ebadf)
            {
                open.Add(fd);
            }
        }

        // 5 is the connection the question came over.
        Assert.Equal([0, 1, 2, SandboxProfile.NsmDescriptor, SandboxProfile.ListenDescriptor, 5], open);
    }

    [Fact]
    public async Task The_program_is_nobody_without_capabilities_core_dumps_or_company()
    {
        using var fixture = await LocalFixture.CreateAsync();
        await using var enclave = await fixture.StartAsync();
        Assert.Equal(65534, (await ProbeProgram.CallAsync(fixture.SocketPath, 102, [])).Result); // getuid
        Assert.Equal(2, (await ProbeProgram.CallAsync(fixture.SocketPath, 39, [])).Result); // getpid: only bubblewrap's reaper besides
        for (var capability = 0; capability < 41; capability++)
        {
            Assert.Equal(0, (await ProbeProgram.CallAsync(fixture.SocketPath, 157, [23 /* PR_CAPBSET_READ */, capability])).Result);
        }

        Assert.Equal(1, (await ProbeProgram.CallAsync(fixture.SocketPath, 157, [39 /* PR_GET_NO_NEW_PRIVS */])).Result);
        Assert.Equal(2, (await ProbeProgram.CallAsync(fixture.SocketPath, 157, [21 /* PR_GET_SECCOMP */])).Result);
        var (result, limit) = await ProbeProgram.CallAsync(fixture.SocketPath, 97, [4 /* RLIMIT_CORE */, ProbeProgram.Data]);
        Assert.Equal(0, result);
        Assert.Equal(new byte[16], limit[..16]);
    }

    [Fact]
    public async Task What_the_worker_launcher_needs_is_allowed_inside()
    {
        using var fixture = await LocalFixture.CreateAsync();
        await using var enclave = await fixture.StartAsync();
        Assert.NotEqual(Eperm, (await ProbeProgram.CallAsync(fixture.SocketPath, 444, [0, 0, 1])).Result); // landlock version
        Assert.NotEqual(Eperm, (await ProbeProgram.CallAsync(fixture.SocketPath, 317, [99, 0, 0])).Result); // seccomp, unknown operation
        Assert.True((await ProbeProgram.CallAsync(fixture.SocketPath, 319, [ProbeProgram.Data, 1], ProbeProgram.Text("weights"))).Result > 0); // memfd_create
        Assert.Equal(0, (await ProbeProgram.CallAsync(fixture.SocketPath, 157, [4 /* PR_SET_DUMPABLE */, 0])).Result);
        Assert.True((await ProbeProgram.CallAsync(fixture.SocketPath, 53, [1, 1, 0, ProbeProgram.Data])).Result == 0); // socketpair
    }

    [Fact]
    public async Task The_security_module_answers_on_its_descriptor_and_the_order_is_traced()
    {
        using var fixture = await LocalFixture.CreateAsync();
        await using var enclave = await fixture.StartAsync();
        byte[] request = new NsmRequest.ExtendPcr(16, "abc"u8.ToArray()).Encode();
        byte[] framed = [0, 0, 0, (byte)request.Length, .. request];
        Assert.Equal(framed.Length, (await ProbeProgram.CallAsync(fixture.SocketPath, 1, [SandboxProfile.NsmDescriptor, ProbeProgram.Data, framed.Length], framed)).Result);
        var (length, answer) = await ProbeProgram.CallAsync(fixture.SocketPath, 0, [SandboxProfile.NsmDescriptor, ProbeProgram.Data, 200]);

        var response = Assert.IsType<NsmResponse.ExtendPcr>(NsmResponse.Parse(answer.AsSpan(4, (int)length - 4)));
        Assert.Equal("b1c16eb7634112b7c9d5ebd27e62a2d4528bbfcfd68b62d3afd9ecf98e0f413a84314acce78317fb69fd895155343e09", response.Value.ToString());
        Assert.Equal([new NsmTraceEntry("ExtendPCR", 16, false)], enclave.Trace);
    }

    [Fact]
    public async Task The_whole_sandbox_is_gone_when_the_enclave_is_disposed()
    {
        using var fixture = await LocalFixture.CreateAsync();
        var enclave = await fixture.StartAsync();
        var connection = enclave.Connection;
        Assert.NotEmpty(Processes(fixture.Home));

        await enclave.DisposeAsync();

        Assert.Equal(137, await enclave.Exited);

        // bubblewrap's inner process is killed by the kernel with its parent; on a busy machine that takes a moment.
        for (var wait = 0; wait < 200 && Processes(fixture.Home).Count > 0; wait++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Empty(Processes(fixture.Home));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(fixture.Home, "run")));
        Assert.Equal(HostCodes.EnclaveUnreachable, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => connection.GetTelemetryAsync(default))).Code);
    }

    [Fact]
    public async Task A_program_that_ends_at_once_is_a_typed_failure_that_leaves_nothing_behind()
    {
        using var fixture = await LocalFixture.CreateAsync();
        var program = Path.Combine(fixture.Program, EnclaveImage.ProgramName);
        File.WriteAllBytes(program, "not a program"u8.ToArray());

        var failed = await Assert.ThrowsAsync<EnclaveUnavailableException>(fixture.StartAsync);

        Assert.Equal(HostCodes.EnclaveStart, failed.Code);
        Assert.Contains("bwrap", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(fixture.Home, "run")));
    }

    [Fact]
    public async Task Starting_and_ending_leaks_no_descriptor()
    {
        using var fixture = await LocalFixture.CreateAsync();
        await (await fixture.StartAsync()).DisposeAsync();
        var before = Descriptors();
        for (var i = 0; i < 5; i++)
        {
            await (await fixture.StartAsync()).DisposeAsync();
        }

        // Other tests of this process open and close descriptors too; five leaking starts would leave at least five of a kind.
        Assert.True(Descriptors() < before + 5, $"{before} descriptors before, {Descriptors()} after.");

        // Those that other tests close meanwhile are gone.
        static string Target(string descriptor)
        {
            try
            {
                return File.ResolveLinkTarget(descriptor, false)?.FullName ?? "";
            }
            catch (IOException)
            {
                return "";
            }
        }

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Select(Target).Count(target => target.Contains("memfd:filter", StringComparison.Ordinal) || target.Contains("amnion-test-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Missing_layers_are_refused_unless_the_caller_accepts_them_and_then_measured()
    {
        var report = Missing();
        using (var strict = await LocalFixture.CreateAsync(probe: _ => Task.FromResult(report)))
        {
            var refused = await Assert.ThrowsAsync<SandboxException>(strict.StartAsync);
            Assert.Equal(HostCodes.SandboxUnavailable, refused.Code);
            Assert.Equal(report, refused.Report);
            Assert.Contains("namespaces missing: tried", refused.Message, StringComparison.Ordinal);
        }

        using var lenient = await LocalFixture.CreateAsync(allowMissing: true, probe: _ => Task.FromResult(report));
        await using var enclave = await lenient.StartAsync();
        Assert.False(enclave.Sandbox.IsComplete);
        Assert.True(await OpenAsync(lenient, "/etc/passwd", 0) >= 0);
        Assert.Contains("layer namespaces missing\n", enclave.Measurement.Sandbox, StringComparison.Ordinal);
        Assert.NotEqual(EnclaveImage.Measure(lenient.Program).Registers[1], enclave.Measurement.Registers[1]);
        Assert.Equal(EnclaveImage.Measure(lenient.Program).Registers[0], enclave.Measurement.Registers[0]);
    }

    [Fact]
    public async Task What_a_killed_host_left_behind_is_removed_by_the_next_start()
    {
        using var fixture = await LocalFixture.CreateAsync();
        var abandoned = Path.Combine(fixture.Home, "run", "0123456789abcdef");
        Directory.CreateDirectory(Path.Combine(abandoned, "app"));
        await File.WriteAllTextAsync(Path.Combine(abandoned, "lock"), "");

        await using var first = await fixture.StartAsync();
        Assert.False(Directory.Exists(abandoned));

        // The one that runs is held and stays.
        await using var second = await fixture.StartAsync();
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(fixture.Home, "run")).Length);
    }

    static SandboxReport Missing() => new([.. Sandbox.Complete.Layers.Select(layer => layer.Name == Sandbox.CoreDumps ? layer : layer with { Applied = false, Reason = "tried" })]);

    static async Task<long> OpenAsync(LocalFixture fixture, string path, long flags) =>
        (await ProbeProgram.CallAsync(fixture.SocketPath, 2, [ProbeProgram.Data, flags, 0x180], ProbeProgram.Text(path))).Result;

    static List<string> Processes(string home) => [.. Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out var id) && id != Environment.ProcessId).Select(CommandLine).Where(line => line.Contains(home, StringComparison.Ordinal))];

    static string CommandLine(string process)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(process, "cmdline")));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
