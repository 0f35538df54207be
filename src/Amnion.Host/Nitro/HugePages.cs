namespace Amnion.Host.Nitro;

/// <summary>A number of pages of one size.</summary>
/// <param name="PageBytes">Bytes of one page.</param>
/// <param name="Count">How many, 0 or more.</param>
public readonly record struct HugePages(long PageBytes, long Count)
{
    /// <summary>Bytes of all of them.</summary>
    public long Bytes => checked(PageBytes * Count);
}
