using System.Globalization;

namespace Amnion.Bench.Deployed;

/// <summary>Reads /proc: what every user may see of a process, also where it denies dumps.</summary>
static class ProcessTable
{
    // USER_HZ, which proc(5) counts in; it is 100 wherever .NET runs on Linux.
    const double TicksPerSecond = 100;

    public static IReadOnlyList<ProcessEntry> Descendants(int ancestor)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Read(id) : null).OfType<ProcessEntry>().ToList();
        List<ProcessEntry> found = [];
        for (var ids = new HashSet<int> { ancestor }; ;)
        {
            var next = all.Where(process => ids.Contains(process.Parent) && !ids.Contains(process.Id)).ToList();
            if (next.Count == 0)
            {
                return found;
            }

            found.AddRange(next);
            ids.UnionWith(next.Select(process => process.Id));
        }
    }

    /// <summary>User and system time so far.</summary>
    public static TimeSpan Cpu(int id) => Read(id)?.Cpu ?? throw new BenchException($"process {id} ended");

    /// <summary>Resident bytes: of its own and of files, and those of shared memory.</summary>
    public static (long Own, long Shared) Resident(int id)
    {
        var lines = File.ReadAllLines($"/proc/{id}/status");
        return (Field("RssAnon:") + Field("RssFile:"), Field("RssShmem:"));

        long Field(string name) => 1024 * long.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }

    static ProcessEntry? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessEntry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), name, TimeSpan.FromSeconds((double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
