namespace Amnion.Guard.Signatures;

/// <summary>Takes the phrases as they are found. A struct implements it, so that the call is inlined.</summary>
interface IPhraseSink
{
    /// <summary>A phrase of a set was found.</summary>
    /// <param name="set">The set's index.</param>
    /// <param name="firstWord">The number of its first word in the text.</param>
    /// <param name="lastWord">The number of its last word.</param>
    /// <param name="span">Where it stands in the text scanned.</param>
    void Found(int set, int firstWord, int lastWord, TextSpan span);
}
