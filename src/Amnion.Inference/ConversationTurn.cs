using System.Collections.Immutable;

namespace Amnion.Inference;

/// <summary>One turn of a <see cref="Conversation"/>.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Text">What is said.</param>
public sealed record ConversationTurn(ConversationRole Role, string Text)
{
    /// <summary>Tools that the assistant called in this turn.</summary>
    public ImmutableArray<RequestedCall> Calls { get; init; } = [];

    /// <summary>Of a tool's turn: which <see cref="RequestedCall.Id"/> it answers.</summary>
    public string? AnswersCall { get; init; }

    /// <summary>Never the text.</summary>
    public override string ToString() => $"ConversationTurn {{ {Role} }}";
}
