namespace Amnion.Guard.Classifier;

/// <summary>What a character is to the features.</summary>
enum CharacterKind
{
    /// <summary>Separates words.</summary>
    Space,

    /// <summary>Letters, digits and the marks on them.</summary>
    Letter,

    /// <summary>Ends a word and is seen in character runs only.</summary>
    Punctuation,

    /// <summary>A word of its own: Chinese characters and kana.</summary>
    Ideograph,
}
