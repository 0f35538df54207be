using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>A session's vault holds as much as it may (AMN-GUARD-0221): the request is refused, since a value without a surrogate would be lost or leak.</summary>
public sealed class VaultFullException() : InvalidOperationException($"{PiiCodes.VaultFull}: the session's vault is full.");
