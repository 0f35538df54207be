using System.Globalization;
using System.Runtime.InteropServices;

namespace Amnion.KeyBroker.Tests;

/// <summary>Searches this process's own writable memory for a secret that is given masked, so that the search itself holds no copy.</summary>
static unsafe class ProcessMemory
{
    public const byte Mask = 0xA5;

    const int ChunkLength = 1 << 20;

    /// <summary>Number of places at which the unmasked bytes stand.</summary>
    public static int Count(ReadOnlySpan<byte> masked)
    {
        var buffer = (byte*)NativeMemory.AlignedAlloc(ChunkLength, 4096);
        try
        {
            var found = 0;
            using var memory = File.OpenHandle("/proc/self/mem");
            // The buffer holds unmasked copies of what was read; it must not find itself.
            foreach (var (start, end) in WritableMappings().SelectMany(mapping => Without(mapping, (long)buffer, (long)buffer + ChunkLength)))
            {
                for (var at = start; at < end; at += ChunkLength - masked.Length + 1)
                {
                    found += CountIn(memory, at, new Span<byte>(buffer, (int)Math.Min(ChunkLength, end - at)), masked);
                }
            }

            return found;
        }
        finally
        {
            NativeMemory.Clear(buffer, ChunkLength);
            NativeMemory.AlignedFree(buffer);
        }
    }

    static int CountIn(Microsoft.Win32.SafeHandles.SafeFileHandle memory, long at, Span<byte> chunk, ReadOnlySpan<byte> masked)
    {
        int read;
        try
        {
            read = chunk.IsEmpty ? 0 : RandomAccess.Read(memory, chunk, at);
        }
        catch (IOException)
        {
            // A guard page, or a mapping that went away since it was listed.
            return 0;
        }

        var bytes = chunk[..read];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= Mask;
        }

        var found = 0;
        for (var next = bytes.IndexOf(masked); next >= 0; next = bytes.IndexOf(masked))
        {
            found++;
            bytes = bytes[(next + 1)..];
        }

        return found;
    }

    static IEnumerable<(long Start, long End)> Without((long Start, long End) mapping, long start, long end)
    {
        yield return (mapping.Start, Math.Min(mapping.End, Math.Max(mapping.Start, start)));
        yield return (Math.Max(mapping.Start, Math.Min(mapping.End, end)), mapping.End);
    }

    static List<(long Start, long End)> WritableMappings() =>
    [
        .. File.ReadAllLines("/proc/self/maps")
            .Where(line => line.Split(' ', 3)[1].StartsWith("rw", StringComparison.Ordinal))
            .Select(line => line.Split(' ', 2)[0].Split('-'))
            .Select(range => (long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))),
    ];
}
