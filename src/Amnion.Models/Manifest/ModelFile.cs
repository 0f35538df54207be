using Amnion.Records;

namespace Amnion.Models.Manifest;

/// <summary>One file of a model.</summary>
/// <param name="Name">Relative path: segments of letters, digits, '.', '_', '-' and '+', joined by '/'.</param>
/// <param name="Sha256">SHA-256 of the plain file.</param>
/// <param name="PlainLength">Bytes of the plain file.</param>
public sealed record ModelFile(string Name, Digest Sha256, long PlainLength);
