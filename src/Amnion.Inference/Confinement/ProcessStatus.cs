using System.Globalization;

namespace Amnion.Inference.Confinement;

/// <summary>What the kernel says about a process, proc_pid_status(5): the parent checks a worker's claims against it.</summary>
/// <param name="NoNewPrivileges">NoNewPrivs is 1.</param>
/// <param name="Filtered">Seccomp is 2, filter mode.</param>
/// <param name="Capabilities">Effective and permitted capabilities, as a mask.</param>
readonly record struct ProcessStatus(bool NoNewPrivileges, bool Filtered, ulong Capabilities)
{
    /// <summary>The status of a process's every thread, combined to the weakest; null where none can be read.</summary>
    public static ProcessStatus? Read(int process)
    {
        ProcessStatus? weakest = null;
        try
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
            {
                if (ReadThread(thread) is { } status)
                {
                    weakest = weakest is { } w
                        ? new ProcessStatus(w.NoNewPrivileges && status.NoNewPrivileges, w.Filtered && status.Filtered, w.Capabilities | status.Capabilities)
                        : status;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return weakest;
    }

    /// <summary>Null for a thread that has ended since it was listed.</summary>
    static ProcessStatus? ReadThread(string thread)
    {
        try
        {
            return Parse(File.ReadLines(Path.Combine(thread, "status")));
        }
        catch (IOException)
        {
            return null;
        }
    }

    static ProcessStatus Parse(IEnumerable<string> lines)
    {
        bool noNewPrivileges = false, filtered = false;
        var capabilities = 0UL;
        foreach (var line in lines)
        {
            var value = line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim();
            if (line.StartsWith("NoNewPrivs:", StringComparison.Ordinal))
            {
                noNewPrivileges = value is "1";
            }
            else if (line.StartsWith("Seccomp:", StringComparison.Ordinal))
            {
                filtered = value is "2";
            }
            else if (line.StartsWith("CapEff:", StringComparison.Ordinal) || line.StartsWith("CapPrm:", StringComparison.Ordinal))
            {
                capabilities |= ulong.TryParse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) ? mask : ulong.MaxValue;
            }
        }

        return new ProcessStatus(noNewPrivileges, filtered, capabilities);
    }
}
