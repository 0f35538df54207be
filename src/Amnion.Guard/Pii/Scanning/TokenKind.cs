namespace Amnion.Guard.Pii.Scanning;

/// <summary>What a word is made of.</summary>
enum TokenKind : byte
{
    /// <summary>ASCII digits alone.</summary>
    Digits,

    /// <summary>Letters alone.</summary>
    Letters,

    /// <summary>Both.</summary>
    Mixed,
}
