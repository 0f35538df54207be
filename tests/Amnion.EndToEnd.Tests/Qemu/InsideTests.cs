using System.Globalization;
using System.Text;
using Amnion.Host;
using Amnion.Host.Qemu;

namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>What the enclave program would see: a probe stands in its place in an otherwise equal image, and prints it.</summary>
public sealed class InsideTests : IAsyncLifetime
{
    const int Limit = 300_000;
    const string Mark = "inside: ";

    static readonly string[] s_shells = ["sh", "bash", "dash", "busybox", "ash", "zsh", "login", "getty", "agetty", "su", "sudo", "sshd", "init.d", "telnetd", "python", "python3", "perl", "gdb", "strace", "nc", "curl", "wget"];

    readonly TemporaryHome _home = new();
    List<string> _seen = [];

    public async ValueTask InitializeAsync()
    {
        QemuFiles.Require();
        var folder = Path.Combine(_home.Path, "probe");
        Directory.CreateDirectory(folder);
        var source = Path.Combine(Amnion.Testing.SharedData.Repository, "tests", "Amnion.EndToEnd.Tests", "Qemu", "inside.c");
        var compiled = await CommandRun.RunAsync("cc", _home.Path, ["-static", "-O1", "-o", Path.Combine(folder, "amnion-enclave"), source]);
        Assert.True(compiled.Exit == 0, compiled.Errors);
        var image = Path.Combine(_home.Path, "probe.eif");
        var built = await CommandRun.RunAsync(
            EndToEnd.Dotnet, _home.Path,
            [EndToEnd.CommandLine, "image", "build", Path.Combine(Amnion.Testing.SharedData.Repository, "samples", "image", "amnion.yaml"), "--runtime", folder, "--output", image],
            ("AMNION_ARTIFACTS", QemuFiles.Artifacts));
        Assert.True(built.Exit == 0, built.Output + built.Errors);

        var console = new MemoryStream();
        var options = new QemuPlatformOptions
        {
            Image = image,
            Tools = QemuFiles.Tools,
            Home = _home.Path,
            Console = bytes =>
            {
                lock (console)
                {
                    console.Write(bytes.Span);
                }
            },
        };
        using var platform = new QemuPlatform(options, TimeProvider.System);

        // It prints and ends, and the machine with it: that is no enclave that serves.
        var ended = await Assert.ThrowsAsync<EnclaveUnavailableException>(() => platform.StartAsync(null, default));
        Assert.Equal(HostCodes.QemuFailed, ended.Code);
        string printed;
        lock (console)
        {
            printed = Encoding.UTF8.GetString(console.ToArray());
            _seen = [.. printed.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(line => line[Mark.Length..])];
        }

        // Once, to its end: a machine that starts again is no enclave.
        Assert.True(_seen.Count(line => line == "end") == 1 && _seen[^1] == "end", $"{ended.Message}\n{printed}");
    }

    public ValueTask DisposeAsync()
    {
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public void Is_what_the_image_lists_and_nothing_else()
    {
        // Files outside the kernel's own file systems.
        var files = _seen.Where(line => line.StartsWith("file ", StringComparison.Ordinal)).Select(line => line.Split(' ', 5)).Select(part => (Mode: Convert.ToInt32(part[1], 8), Owner: part[2], Path: part[4])).ToList();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => s_shells.Contains(Path.GetFileName(file.Path)));
        var own = files.Where(file => !file.Path.StartsWith("/dev/", StringComparison.Ordinal) && (file.Mode & 0xF000) != 0x4000).Select(file => file.Path).ToHashSet();
        Assert.Subset(
            new HashSet<string> { "/init", "/app/amnion-enclave", "/etc/amnion/image.json", "/etc/amnion/filter.bpf", "/etc/amnion/cmdline" },
            own.Where(path => !path.StartsWith("/lib/", StringComparison.Ordinal) && !path.StartsWith("/lib64/", StringComparison.Ordinal)).ToHashSet());

        // Nothing gains privileges, nothing is another user's, and only the devices everybody may use can be written by the program.
        Assert.DoesNotContain(files, file => (file.Mode & 0b110_000_000_000) != 0);
        Assert.All(files, file => Assert.Contains(file.Owner, (string[])["0", "65534"]));
        var writable = files.Where(file => (file.Mode & 0xF000) != 0xA000 && (file.Mode & 0b010) != 0).Select(file => file.Path).Order(StringComparer.Ordinal).ToList();
        Assert.Subset(new HashSet<string> { "/dev/full", "/dev/null", "/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero", "/tmp" }, writable.ToHashSet());
        Assert.Equal(["/tmp"], Values("writable").Distinct());
    }

    [Fact(Timeout = Limit)]
    public void Has_no_network_and_no_socket_that_listens_but_the_one_it_got()
    {
        foreach (var table in (string[])["tcp", "udp", "raw", "packet"])
        {
            // The heading alone, or no such table.
            Assert.InRange(Values(table).Count(line => !line.Contains("local_address", StringComparison.Ordinal) && !line.Contains("RefCnt", StringComparison.Ordinal)), 0, 0);
        }

        Assert.DoesNotContain(Values("unix"), line => !line.StartsWith("Num", StringComparison.Ordinal));
        Assert.DoesNotContain(Values("device"), line => line.Contains(':', StringComparison.Ordinal) && !line.TrimStart().StartsWith("lo:", StringComparison.Ordinal));
        Assert.All(Values("socket"), line => Assert.NotEqual("0", line.Split(' ')[1]));
        Assert.Equal(["0", "1", "2", "3", "4"], Values("descriptor"));
        Assert.Equal(["/app/amnion-enclave", "run", "--nsm-device", "3", "--vsock-fd", "4"], Values("argument"));
    }

    [Fact(Timeout = Limit)]
    public void Has_no_privilege_and_cannot_get_one()
    {
        var status = Values("status").Select(line => line.Split(':', 2)).ToDictionary(part => part[0], part => part[1].Trim());
        Assert.Equal("65534\t65534\t65534\t65534", status["Uid"]);
        Assert.Equal("65534\t65534\t65534\t65534", status["Gid"]);
        Assert.Equal("", status["Groups"]);
        foreach (var set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        {
            Assert.Equal(0UL, ulong.Parse(status[set], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Equal("2", status["Seccomp"]);
        Assert.All(Values("opens"), line => Assert.NotEqual("0", line.Split(' ')[1]));
        Assert.Contains(Values("limit"), line => line.StartsWith("Max core file size", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4] == "0");
    }

    [Fact(Timeout = Limit)]
    public void Writes_to_small_memory_only()
    {
        var mounts = Values("mount").Select(line => line.Split(' ')).ToDictionary(part => part[1], part => (Type: part[2], Options: part[3].Split(',')));
        foreach (var (path, mount) in mounts)
        {
            if (mount.Type == "tmpfs" && path is "/tmp" or "/run")
            {
                Assert.Contains(mount.Options, option => option.StartsWith("size=", StringComparison.Ordinal));
                Assert.Subset(mount.Options.ToHashSet(), new HashSet<string> { "nosuid", "nodev", "noexec" });
            }
            else
            {
                Assert.Contains("ro", mount.Options);
            }
        }
    }

    List<string> Values(string kind) => [.. _seen.Where(line => line.StartsWith(kind + " ", StringComparison.Ordinal)).Select(line => line[(kind.Length + 1)..])];
}
