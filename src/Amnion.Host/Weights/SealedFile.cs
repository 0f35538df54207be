namespace Amnion.Host;

/// <summary>One file of sealed weights.</summary>
/// <param name="Path">Its path as the model manifest names it.</param>
/// <param name="Length">Bytes of ciphertext, as the manifest implies them; a source that has fewer or more is refused.</param>
/// <param name="Source">Where the ciphertext comes from.</param>
public sealed record SealedFile(string Path, long Length, IWeightsSource Source);
