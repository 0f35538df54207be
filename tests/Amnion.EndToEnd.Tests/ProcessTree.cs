using System.Globalization;
using System.Runtime.InteropServices;

namespace Amnion.EndToEnd.Tests;

/// <summary>The processes below one that a test started, and signals to them.</summary>
static partial class ProcessTree
{
    public const int Kill = 9;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Everything below, children before grandchildren.</summary>
    public static List<int> Below(int parent)
    {
        var children = new Dictionary<int, List<int>>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && ParentOf(id) is { } of)
            {
                (children.TryGetValue(of, out var list) ? list : (children[of] = [])).Add(id);
            }
        }

        var found = new List<int> { parent };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(children.GetValueOrDefault(found[i], []));
        }

        return found[1..];
    }

    /// <summary>The enclave program below a host: not the sandbox's own processes.</summary>
    public static int Enclave(int host) => Below(host).Single(id => Arguments(id) is [{ } program, ..] arguments && program.EndsWith("/amnion-enclave", StringComparison.Ordinal) && !arguments.Contains("worker"));

    /// <summary>The workers below a host: the one that serves, and a spare.</summary>
    public static List<int> Workers(int host) => [.. Below(host).Where(id => Arguments(id) is [_, "worker", ..])];

    public static void Signal(IEnumerable<int> processes, int signal)
    {
        foreach (var id in processes)
        {
            _ = kill(id, signal);
        }
    }

    /// <summary>Soft and hard limit of core files, as the kernel shows them.</summary>
    public static string CoreLimit(int id)
    {
        var line = File.ReadAllLines($"/proc/{id}/limits").Single(line => line.StartsWith("Max core file size", StringComparison.Ordinal));
        return string.Join(' ', line["Max core file size".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]);
    }

    static int? ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    static string[] Arguments(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
