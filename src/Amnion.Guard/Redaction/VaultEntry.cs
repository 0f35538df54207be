using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>A value's place in a vault.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Number">Its number among the type's.</param>
/// <param name="Start">Where it begins in the vault's memory.</param>
/// <param name="Length">Its length.</param>
/// <param name="Next">The next entry with the same hash, -1 for none.</param>
readonly record struct VaultEntry(PiiType Type, int Number, int Start, int Length, int Next);
