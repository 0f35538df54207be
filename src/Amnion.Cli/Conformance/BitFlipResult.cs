using System.Collections.Immutable;

namespace Amnion.Cli.Conformance;

/// <summary>What altering one file's bits gave.</summary>
/// <param name="Id">"tee/id" of the case.</param>
/// <param name="Path">The file.</param>
/// <param name="Bits">Bits altered.</param>
/// <param name="Excused">Accepted with the same values, and on the list of bits that no signature covers.</param>
/// <param name="Accepted">Accepted and on no list; empty where all is well.</param>
sealed record BitFlipResult(string Id, string Path, long Bits, int Excused, ImmutableArray<string> Accepted);
