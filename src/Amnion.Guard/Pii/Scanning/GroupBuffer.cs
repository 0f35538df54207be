using System.Runtime.CompilerServices;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>The lengths of up to eight groups.</summary>
[InlineArray(8)]
struct GroupBuffer
{
    int _first;
}
