using System.Collections.Immutable;

namespace Amnion.Attestation.Sigstore;

/// <summary>An artifact that a statement is about: in-toto ResourceDescriptor.</summary>
/// <param name="Name">Its name, which proves nothing; empty where absent.</param>
/// <param name="Digests">Digests in lower-case hexadecimal by algorithm, for example "sha256".</param>
public sealed record StatementSubject(string Name, ImmutableSortedDictionary<string, string> Digests);
