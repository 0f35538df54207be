namespace Amnion.Cli.EndorsementCollection;

/// <summary>One endorsement in the form the library takes: DER, exact JSON, or XML.</summary>
readonly record struct EndorsementItem(EndorsementKind Kind, ReadOnlyMemory<byte> Content);
