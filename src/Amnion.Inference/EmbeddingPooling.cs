namespace Amnion.Inference;

/// <summary>How the vectors of a text's tokens become one.</summary>
public enum EmbeddingPooling
{
    /// <summary>No embeddings are served.</summary>
    None,

    /// <summary>The mean of all tokens.</summary>
    Mean,

    /// <summary>The last token's.</summary>
    Last,
}
