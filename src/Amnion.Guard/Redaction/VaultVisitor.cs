using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>Sees a vault's values one after another.</summary>
/// <param name="type">The value's type.</param>
/// <param name="value">The value; it must not outlive the call.</param>
delegate void VaultVisitor(PiiType type, ReadOnlySpan<char> value);
