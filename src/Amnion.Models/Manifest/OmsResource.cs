using System.Collections.Immutable;

namespace Amnion.Models.Manifest;

/// <summary>A file, or a range of one, with its digest.</summary>
/// <param name="Name">Relative path; "path:start:end" for ranges; "." where the model is a single file.</param>
/// <param name="Algorithm">"sha256", "blake2b" or "blake3".</param>
/// <param name="Digest">The digest: 32 bytes, for blake2b 64.</param>
public sealed record OmsResource(string Name, string Algorithm, ImmutableArray<byte> Digest);
