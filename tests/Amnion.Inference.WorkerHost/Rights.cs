using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Amnion.Inference.Linux;

namespace Amnion.Inference.WorkerHost;

/// <summary>Says what a launched program can still do before it does anything to itself.</summary>
static partial class Rights
{
    public static int Run()
    {
        using var channel = new UnixChannel(new Descriptor(WorkerProgram.SocketDescriptor));
        var beside = AppContext.BaseDirectory;
        var status = File.ReadAllLines("/proc/self/status");
        var report = new StringBuilder();
        Add("read /etc/passwd", Try(() => File.ReadAllBytes("/etc/passwd")));
        Add("write beside the program", Try(() => File.WriteAllText(Path.Combine(beside, "written-by-worker"), "x")));
        Add("write /tmp", Try(() => File.WriteAllText("/tmp/written-by-worker", "x")));
        Add("read beside the program", Try(() => File.ReadAllBytes(Path.Combine(beside, "Amnion.Inference.dll"))));
        Add("connect", Try(Connect));
        Add("signal the parent", kill(getppid(), 0) == 0 ? "allowed" : "refused");
        Add("descriptors", string.Join(',', Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(f => int.Parse(Path.GetFileName(f))).Where(IsInherited).Order()));
        Add("environment", string.Join(' ', Environment.GetEnvironmentVariables().Keys.Cast<string>().Order()));
        foreach (var name in new[] { "NoNewPrivs", "CapEff", "CapPrm" })
        {
            Add(name, status.Single(l => l.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim());
        }

        _ = channel.Write(Encoding.UTF8.GetBytes(report.ToString()));
        return 0;

        void Add(string what, string result) => report.Append(what).Append(": ").Append(result).Append('\n');
    }

    static string Try(Action action)
    {
        try
        {
            action();
            return "allowed";
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            return "refused";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }

    static void Connect()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, 9);
    }

    /// <summary>Not one that the runtime opened itself: those close on exec.</summary>
    static bool IsInherited(int descriptor) => (Libc.Control(descriptor, 1, 0) & 1) == 0 && Libc.Control(descriptor, 1, 0) >= 0;

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial int getppid();
}
