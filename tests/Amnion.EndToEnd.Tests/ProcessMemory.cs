using System.Globalization;

namespace Amnion.EndToEnd.Tests;

/// <summary>Searches another process's memory, as root on its host can.</summary>
static class ProcessMemory
{
    const int Piece = 4 * 1024 * 1024;

    /// <summary>True where this machine lets a test read that memory.</summary>
    public static bool IsReadable(int id)
    {
        try
        {
            using var memory = File.OpenHandle($"/proc/{id}/mem");
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    /// <summary>The names of those that stand in any readable mapping.</summary>
    public static IReadOnlyList<string> Find(int id, IReadOnlyList<Canary> canaries)
    {
        var found = new HashSet<string>();
        var overlap = canaries.Max(canary => canary.Bytes.Length) - 1;
        var buffer = new byte[Piece + overlap];
        using var memory = File.OpenHandle($"/proc/{id}/mem");
        foreach (var (start, end) in Mappings(id))
        {
            for (var at = start; at < end; at += Piece)
            {
                var read = Read(memory, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                found.UnionWith(canaries.Where(canary => buffer.AsSpan(0, read).IndexOf(canary.Bytes) >= 0).Select(canary => canary.Name));
            }
        }

        return [.. found];
    }

    static IEnumerable<(long Start, long End)> Mappings(int id)
    {
        foreach (var line in File.ReadAllLines($"/proc/{id}/maps"))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts[1][0] == 'r' && !line.EndsWith("[vvar]", StringComparison.Ordinal) && !line.EndsWith("[vsyscall]", StringComparison.Ordinal))
            {
                var range = parts[0].Split('-');
                yield return (long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }
    }

    static int Read(Microsoft.Win32.SafeHandles.SafeFileHandle memory, Span<byte> buffer, long at)
    {
        try
        {
            var total = 0;
            for (int read; total < buffer.Length && (read = RandomAccess.Read(memory, buffer[total..], at + total)) > 0;)
            {
                total += read;
            }

            return total;
        }
        catch (IOException)
        {
            // Unmapped meanwhile, or a mapping without pages behind it.
            return 0;
        }
    }
}
