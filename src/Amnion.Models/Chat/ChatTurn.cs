using System.Collections.Immutable;

namespace Amnion.Models.Chat;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">What is said; never interpreted as control tokens.</param>
public sealed record ChatTurn(ChatRole Role, string Content)
{
    /// <summary>Tools the assistant called in this turn.</summary>
    public ImmutableArray<ChatToolCall> ToolCalls { get; init; } = [];
}
