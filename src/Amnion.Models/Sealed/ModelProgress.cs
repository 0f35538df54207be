namespace Amnion.Models.Sealed;

/// <summary>How far a long operation is.</summary>
/// <param name="Done">Bytes worked through.</param>
/// <param name="Total">Bytes to work through.</param>
public readonly record struct ModelProgress(long Done, long Total);
