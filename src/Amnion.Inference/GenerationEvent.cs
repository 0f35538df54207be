namespace Amnion.Inference;

/// <summary>Something that happened to a generation.</summary>
public abstract record GenerationEvent
{
    GenerationEvent()
    {
    }

    /// <summary>More of the answer, of one token or of several that came close together.</summary>
    /// <param name="Utf8">Well-formed UTF-8 of whole code points, never empty.</param>
    /// <param name="Tokens">Tokens generated since the text before it.</param>
    public sealed record Text(ReadOnlyMemory<byte> Utf8, int Tokens) : GenerationEvent
    {
        /// <summary>Never the text.</summary>
        public override string ToString() => $"Text {{ {Utf8.Length} bytes }}";
    }

    /// <summary>A tool call, from an engine that reads its model's calls itself; all come before <see cref="Completed"/>.</summary>
    /// <param name="Name">The tool: one of those offered.</param>
    /// <param name="ArgumentsJson">The arguments as the model wrote them: meant to be JSON, not checked.</param>
    public sealed record ToolCall(string Name, string ArgumentsJson) : GenerationEvent
    {
        /// <summary>Never the arguments.</summary>
        public override string ToString() => "ToolCall";
    }

    /// <summary>The answer is complete.</summary>
    /// <param name="Reason">Why it ended.</param>
    /// <param name="PromptTokens">Tokens read.</param>
    /// <param name="CompletionTokens">Tokens generated, the ending one included.</param>
    public sealed record Completed(FinishReason Reason, int PromptTokens, int CompletionTokens) : GenerationEvent;

    /// <summary>The answer ended early and is not complete.</summary>
    /// <param name="Code">One of <see cref="InferenceCodes"/>.</param>
    public sealed record Failed(string Code) : GenerationEvent;
}
