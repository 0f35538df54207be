using System.Diagnostics;
using System.Globalization;
using Amnion.Records;

namespace Amnion.Cli.State;

/// <summary>One running daemon: what it is, its process and where it listens. A process identifier is reused by the system, so its start time is kept too.</summary>
sealed record DaemonState(string Name, int ProcessId, long StartedTicks, Uri Url)
{
    const string Format = "amnion/daemon/1";

    /// <summary>True while that very process runs.</summary>
    public bool IsRunning => StartTicksOf(ProcessId) == StartedTicks;

    /// <summary>Writes this process as a ready daemon.</summary>
    public static void WriteReady(AmnionHome home, string name, Uri url)
    {
        var pid = Environment.ProcessId;
        AmnionHome.WriteSecret(FileOf(home, name), CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("pid", pid);
            json.WriteString("started", StartTicksOf(pid).ToString(CultureInfo.InvariantCulture));
            json.WriteString("url", url.AbsoluteUri);
            json.WriteEndObject();
        }));
    }

    /// <summary>The daemon as last written, or null; it may have ended since.</summary>
    public static DaemonState? Find(AmnionHome home, string name)
    {
        try
        {
            using var document = CanonicalJson.Parse(File.ReadAllBytes(FileOf(home, name)), 4096, Format);
            var reader = new JsonObjectReader(document.RootElement, Format);
            reader.Constant("format", Format);
            return new DaemonState(name, (int)reader.Integer("pid", 1, int.MaxValue), long.Parse(reader.Text("started"), CultureInfo.InvariantCulture), new Uri(reader.Text("url")));
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The daemon, where it is running.</summary>
    public static DaemonState? FindRunning(AmnionHome home, string name) => Find(home, name) is { IsRunning: true } state ? state : null;

    /// <summary>Forgets it.</summary>
    public static void Remove(AmnionHome home, string name) => File.Delete(FileOf(home, name));

    static string FileOf(AmnionHome home, string name) => Path.Combine(home.Run, name + ".json");

    static long StartTicksOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? 0 : process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return 0;
        }
    }
}
