using System.Collections.Immutable;
using System.Text;

namespace Amnion.Inference;

/// <summary>What one request may hold. Both sides of the worker's socket hold to these.</summary>
public static class RequestLimits
{
    /// <summary>Bytes of UTF-8 in a prompt, all pieces together: eight times a context of 64 Ki tokens at four bytes each.</summary>
    public const int PromptBytes = 2 * 1024 * 1024;

    /// <summary>Pieces of a prompt.</summary>
    public const int PromptPieces = 8192;

    /// <summary>Stop texts.</summary>
    public const int Stops = 16;

    /// <summary>Bytes of UTF-8 in one stop text.</summary>
    public const int StopBytes = 256;

    /// <summary>Bytes of UTF-8 in a grammar.</summary>
    public const int GrammarBytes = 256 * 1024;

    /// <summary>Biases of single tokens.</summary>
    public const int LogitBiases = 1024;

    /// <summary>Tokens of one answer.</summary>
    public const int MaxTokens = 1 << 20;

    /// <summary>Turns of a conversation.</summary>
    public const int Turns = 8192;

    /// <summary>Tools offered.</summary>
    public const int Tools = 128;

    /// <summary>Bytes of UTF-8 that a request asks the engine to read: its prompt, or all texts of its conversation.</summary>
    public static long InputLength(GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Conversation is { } conversation
            ? Texts(conversation).Sum(text => (long)Encoding.UTF8.GetByteCount(text))
            : request.Prompt.Sum(piece => (long)Encoding.UTF8.GetByteCount(piece.Text));
    }

    /// <summary>The name of the first field outside its limits, or null.</summary>
    public static string? FindProblem(GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if ((request.Conversation is { } conversation ? FindProblem(conversation, request) : FindProblem(request.Prompt)) is { } problem)
        {
            return problem;
        }

        if (request.MaxTokens is < 1 or > MaxTokens)
        {
            return "max_tokens";
        }

        if (request.Stops.IsDefault || request.Stops.Length > Stops ||
            request.Stops.Any(s => string.IsNullOrEmpty(s) || Encoding.UTF8.GetByteCount(s) > StopBytes))
        {
            return "stop";
        }

        if (request.Grammar is { } grammar && (grammar.Length == 0 || grammar.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(grammar) > GrammarBytes))
        {
            return "grammar";
        }

        return FindProblem(request.Sampling);
    }

    internal static string? FindProblem(ImmutableArray<PromptPiece> prompt)
    {
        if (prompt.IsDefaultOrEmpty || prompt.Length > PromptPieces)
        {
            return "prompt";
        }

        long bytes = 0;
        foreach (var piece in prompt)
        {
            bytes += piece?.Text is { } text ? Encoding.UTF8.GetByteCount(text) : PromptBytes + 1L;
        }

        return bytes > PromptBytes ? "prompt" : null;
    }

    static string? FindProblem(Conversation conversation, GenerationRequest request)
    {
        if (!request.Prompt.IsDefaultOrEmpty || request.Grammar is not null || conversation.Turns.IsDefaultOrEmpty || conversation.Turns.Length > Turns)
        {
            return "prompt";
        }

        if (conversation.Tools.IsDefault || conversation.Tools.Length > Tools || (conversation.Tools.IsEmpty && conversation.Demand != ToolDemand.None))
        {
            return "tools";
        }

        if (conversation.JsonSchema is { } schema && Encoding.UTF8.GetByteCount(schema) > GrammarBytes)
        {
            return "schema";
        }

        return InputLength(request) > PromptBytes ? "prompt" : null;
    }

    static IEnumerable<string> Texts(Conversation conversation)
    {
        foreach (var turn in conversation.Turns)
        {
            yield return turn.Text;
            foreach (var call in turn.Calls)
            {
                yield return call.Name;
                yield return call.ArgumentsJson;
            }
        }

        foreach (var tool in conversation.Tools)
        {
            yield return tool.Name;
            yield return tool.Description ?? "";
            yield return tool.ParametersJson ?? "";
        }
    }

    static string? FindProblem(SamplingOptions sampling) => sampling switch
    {
        null => "sampling",
        { Temperature: not (>= 0 and <= 5) } => "temperature",
        { TopP: not (>= 0 and <= 1) } => "top_p",
        { TopK: not (>= 0 and <= 1_000_000) } => "top_k",
        { MinP: not (>= 0 and <= 1) } => "min_p",
        { RepeatPenalty: not (> 0 and <= 10) } => "repeat_penalty",
        { FrequencyPenalty: not (>= -2 and <= 2) } => "frequency_penalty",
        { PresencePenalty: not (>= -2 and <= 2) } => "presence_penalty",
        { PenaltyWindow: not (>= 0 and <= 4096) } => "penalty_window",
        { LogitBiases: { IsDefault: true } or { Length: > LogitBiases } } => "logit_bias",
        _ => sampling.LogitBiases.Any(b => b.Token < 0 || float.IsNaN(b.Bias)) ? "logit_bias" : null,
    };
}
