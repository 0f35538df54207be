using System.Collections.Immutable;

namespace Amnion.Client;

/// <summary>Status and headers of an opened answer.</summary>
sealed record SealedResponseHead(int Status, ImmutableArray<(string Name, string Value)> Headers, string ReceiptId);
