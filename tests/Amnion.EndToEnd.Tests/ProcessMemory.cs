using System.Globalization;

namespace Amnion.EndToEnd.Tests;

/// <summary>Searches another process's memory, as root on its host can.</summary>
static class ProcessMemory
{
    const int Piece = 4 * 1024 * 1024;

    // HEAP_MAX_SIZE of glibc's arenas on 64 bits.
    const long ArenaAlignment = 64 * 1024 * 1024;

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

    /// <summary>What the C library's allocator holds: the heap and its arenas, not what .NET collects and not mapped files.</summary>
    public static IEnumerable<byte[]> Heap(int id)
    {
        using var memory = File.OpenHandle($"/proc/{id}/mem");
        foreach (var (start, end) in Mappings(id, parts => parts is [_, "rw-p", _, _, _, "[heap]"] || (parts is [var range, "rw-p", _, _, "0"] && From(range) % ArenaAlignment == 0)))
        {
            var bytes = new byte[end - start];
            yield return bytes[..Read(memory, bytes, start)];
        }
    }

    static long From(string range) => long.Parse(range.Split('-')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    static IEnumerable<(long Start, long End)> Mappings(int id) => Mappings(id, _ => true);

    static IEnumerable<(long Start, long End)> Mappings(int id, Func<string[], bool> wanted)
    {
        foreach (var line in File.ReadAllLines($"/proc/{id}/maps"))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (wanted(parts) && parts[1][0] == 'r' && !line.EndsWith("[vvar]", StringComparison.Ordinal) && !line.EndsWith("[vsyscall]", StringComparison.Ordinal))
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
