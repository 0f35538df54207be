namespace Amnion.Cli.EndorsementCollection;

/// <summary>An answer as it came.</summary>
/// <param name="Source">The address that answered.</param>
/// <param name="Content">The body.</param>
/// <param name="Chain">PEM of the chain in the answer's headers; null where there is none.</param>
sealed record FetchedEndorsement(Uri Source, ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte>? Chain);
