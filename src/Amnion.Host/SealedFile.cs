namespace Amnion.Host;

/// <summary>One file of sealed weights.</summary>
/// <param name="Path">Its path as the model manifest names it.</param>
/// <param name="Location">Where the ciphertext lies on this machine.</param>
public sealed record SealedFile(string Path, string Location);
