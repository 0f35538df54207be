namespace Amnion.Enclave.Api;

/// <summary>Whether the model may, must or must not call tools.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Name">The one tool it must call, for <see cref="ToolChoiceKind.Named"/>.</param>
sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    public static ToolChoice None { get; } = new(ToolChoiceKind.None);

    public static ToolChoice Auto { get; } = new(ToolChoiceKind.Auto);

    public static ToolChoice Required { get; } = new(ToolChoiceKind.Required);

    /// <summary>True where the answer must be tool calls, which a grammar then enforces.</summary>
    public bool IsForced => Kind is ToolChoiceKind.Required or ToolChoiceKind.Named;
}
