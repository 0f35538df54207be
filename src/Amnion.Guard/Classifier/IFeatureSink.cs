namespace Amnion.Guard.Classifier;

/// <summary>Takes the features of a text as they are met. Implemented by the scorer, which adds their weights, and by the trainer, which keeps them.</summary>
interface IFeatureSink
{
    /// <summary>A feature made of whole words (or, for suffixes, of shapes), as a 32-bit hash.</summary>
    void Word(uint hash);

    /// <summary>A feature made of characters, as a 32-bit hash.</summary>
    void Piece(uint hash);

    /// <summary>One unit of the text ends: what was met since the last call belongs together.</summary>
    /// <param name="offset">The first code unit after the unit.</param>
    void Close(int offset);
}
