using System.Collections.Immutable;

namespace Amnion.Host.Local;

/// <summary>One measured file.</summary>
/// <param name="Path">Relative path with '/'.</param>
/// <param name="Executable">Whether its owner may execute it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha384">SHA-384 of its content, 48 bytes.</param>
sealed record ImageFile(string Path, bool Executable, long Length, ImmutableArray<byte> Sha384);
