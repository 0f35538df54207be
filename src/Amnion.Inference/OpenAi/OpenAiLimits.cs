namespace Amnion.Inference.OpenAi;

/// <summary>What is read of a workload's answer at most. Beyond it the answer is <see cref="InferenceCodes.WorkloadViolatedProtocol"/>.</summary>
static class OpenAiLimits
{
    /// <summary>Kilobytes of status line and headers (the unit of SocketsHttpHandler).</summary>
    public const int HeaderKilobytes = 16;

    /// <summary>Bytes of one event's data: a chunk of llama-server has some 300, its last one with timings some 800; a whole tool call fits.</summary>
    public const int EventBytes = 1 << 20;

    /// <summary>Bytes of an answer that is an error; only its type is read.</summary>
    public const int ErrorBytes = 16 * 1024;

    /// <summary>Bytes of an embedding's answer: 65,536 numbers of some 24 characters, twice.</summary>
    public const int EmbeddingBytes = 4 << 20;

    /// <summary>Numbers of an embedding.</summary>
    public const int EmbeddingLength = 65_536;

    /// <summary>Bytes of tool calls of one answer, names and arguments together.</summary>
    public const int CallBytes = 1 << 20;

    /// <summary>Tool calls of one answer.</summary>
    public const int Calls = 64;

    /// <summary>Levels of JSON; an answer has six.</summary>
    public const int JsonDepth = 16;

    // A token's text: the longest of common vocabularies are runs of some hundred spaces.
    const int TextBytesPerToken = 1024;

    // A token's event with all that servers put around it.
    const int StreamBytesPerToken = 8 * 1024;

    const int Slack = 1 << 20;

    /// <summary>Bytes of an answer's text.</summary>
    public static long TextBytes(int maxTokens) => Slack + ((long)maxTokens * TextBytesPerToken);

    /// <summary>Bytes of an event stream, everything included.</summary>
    public static long StreamBytes(int maxTokens) => Slack + ((long)maxTokens * StreamBytesPerToken);

    /// <summary>Events of a stream: one for each token, and a few around them.</summary>
    public static long Events(int maxTokens) => (2L * maxTokens) + 1024;
}
