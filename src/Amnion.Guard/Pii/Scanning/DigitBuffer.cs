using System.Runtime.CompilerServices;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Up to 15 digits, the most of E.164.</summary>
[InlineArray(15)]
struct DigitBuffer
{
    char _first;
}
