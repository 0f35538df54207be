using System.Collections.Immutable;

namespace Amnion.Host.Nitro;

/// <summary>
/// Which huge pages make up an enclave's memory. Largest first, since the hypervisor takes a limited number of regions; what is left over
/// comes from the smallest that will do. The same steps plan and allocate, so a plan that holds is one that can be carried out.
/// </summary>
static class HugePageChoice
{
    /// <summary>Bytes of a page, largest first: what x86-64 and arm64 (with 4 KiB pages) have.</summary>
    public static ImmutableArray<long> Sizes { get; } = [1L << 30, 2L << 20];

    /// <summary>Takes pages of at least <paramref name="bytes"/> together, largest first, and gives back those not needed after all.</summary>
    /// <param name="bytes">More than 0.</param>
    /// <param name="take">Takes one page of a size; null where there is none.</param>
    /// <param name="giveBack">Gives a page back.</param>
    /// <param name="missing">Bytes that could not be had; 0 where all could. The pages are returned either way.</param>
    public static List<HugePage> Take(long bytes, Func<long, HugePage?> take, Action<HugePage> giveBack, out long missing)
    {
        var pages = new List<HugePage>();
        var left = bytes;
        foreach (var size in Sizes)
        {
            while (left >= size && take(size) is { } page)
            {
                pages.Add(page);
                left -= page.Bytes;
            }
        }

        foreach (var size in Sizes.Reverse())
        {
            while (left > 0 && take(size) is { } page)
            {
                pages.Add(page);
                left -= page.Bytes;
            }
        }

        missing = Math.Max(0, left);
        pages = LargestFirst(pages);
        var kept = 0;
        for (left = bytes; kept < pages.Count && left > 0; kept++)
        {
            left -= pages[kept].Bytes;
        }

        pages[kept..].ForEach(giveBack);
        pages.RemoveRange(kept, pages.Count - kept);
        return pages;
    }

    /// <summary>Largest first; pages of one size stay in their order, in which they are most likely to follow each other in memory too.</summary>
    public static List<HugePage> LargestFirst(IEnumerable<HugePage> pages) => [.. pages.OrderByDescending(page => page.Bytes)];
}
