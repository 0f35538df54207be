using System.Collections.Immutable;

namespace Amnion.Models.Chat;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">What is said; never interpreted as control tokens.</param>
public sealed record ChatTurn(ChatRole Role, string Content)
{
    /// <summary>Tools the assistant called in this turn.</summary>
    public ImmutableArray<ChatToolCall> ToolCalls { get; init; } = [];

    /// <summary>Of a tool's turn: the <see cref="ChatToolCall.Id"/> it answers, or null. Templates have no place for it.</summary>
    public string? AnswersCall { get; init; }
}
