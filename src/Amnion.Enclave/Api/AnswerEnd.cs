namespace Amnion.Enclave.Api;

/// <summary>Why an answer ended.</summary>
enum AnswerEnd
{
    /// <summary>The model ended it, or a stop sequence came.</summary>
    Stop,

    /// <summary>The token limit was reached.</summary>
    Length,

    /// <summary>The guard ended it.</summary>
    Filtered,

    /// <summary>The model called tools.</summary>
    ToolCalls,
}
