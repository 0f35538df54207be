namespace Amnion.Inference;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it, or a stop text was met, or the grammar was complete.</summary>
    Stop,

    /// <summary>The asked number of tokens, or the end of the sequence's context, was reached.</summary>
    Length,

    /// <summary>The request was cancelled.</summary>
    Cancelled,
}
