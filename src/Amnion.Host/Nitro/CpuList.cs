using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Host.Nitro;

/// <summary>Linux's way to write sets of processors: "1,3", "2-5,7". Documentation/admin-guide/cputopology.rst.</summary>
static class CpuList
{
    /// <summary>Numbers from 0 to this are taken.</summary>
    public const int Highest = 4095;

    /// <summary>The numbers in ascending order, each once; empty for an empty text. Null where it is no such list.</summary>
    public static ImmutableArray<int>? TryParse(string text)
    {
        var cpus = new SortedSet<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!TryNumber(dash < 0 ? part : part[..dash], out var first) || !TryNumber(dash < 0 ? part : part[(dash + 1)..], out var last) || last < first)
            {
                return null;
            }

            cpus.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return [.. cpus];
    }

    static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Highest;
}
