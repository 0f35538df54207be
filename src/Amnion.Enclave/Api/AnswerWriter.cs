namespace Amnion.Enclave.Api;

/// <summary>
/// Writes one generated answer in one API's shape. It is driven in order: Start, then any Text and ToolCall, then End. A streamed
/// answer appends events to the buffer at every call; an answer in one piece appends its JSON at End.
/// </summary>
abstract class AnswerWriter(AnswerHead head, AnswerBuffer output) : IDisposable
{
    /// <summary>What every part repeats.</summary>
    protected AnswerHead Head => head;

    /// <summary>Where the answer is written.</summary>
    protected AnswerBuffer Output => output;

    /// <summary>True where events are written as they come.</summary>
    public abstract bool IsStream { get; }

    /// <summary>The answer begins.</summary>
    public abstract void Start();

    /// <summary>A piece of text.</summary>
    public abstract void Text(string piece);

    /// <summary>A whole tool call.</summary>
    public abstract void ToolCall(string callId, string name, string arguments);

    /// <summary>The answer ended.</summary>
    public abstract void End(AnswerEnd reason, TokenUsage usage);

    /// <summary>A streamed answer broke off after it began.</summary>
    public abstract void Fail(ApiError error);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
