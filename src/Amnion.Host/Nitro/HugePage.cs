namespace Amnion.Host.Nitro;

/// <summary>One mapped huge page.</summary>
/// <param name="Address">Where it is mapped; 0 where only the arithmetic is done.</param>
/// <param name="Bytes">2 MiB or 1 GiB.</param>
sealed record HugePage(long Address, long Bytes);
