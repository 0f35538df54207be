namespace Amnion.Guard.Signatures;

/// <summary>The channels a rule looks at.</summary>
[Flags]
enum SignatureChannels
{
    None = 0,
    User = 1,
    Document = 2,
    Tool = 4,
    System = 8,
    Untrusted = Document | Tool,
    Any = User | Untrusted,
}
