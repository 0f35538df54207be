using System.Collections.Immutable;

namespace Amnion.Models.Chat;

/// <summary>Llama 3's header and end-of-turn tokens.</summary>
sealed class Llama3Template : ChatTemplate
{
    const string Begin = "<|begin_of_text|>";
    const string HeaderStart = "<|start_header_id|>";
    const string HeaderEnd = "<|end_header_id|>";
    const string End = "<|eot_id|>";

    public override string Name => "llama3";

    public override ImmutableArray<string> ControlTokens { get; } = [Begin, HeaderStart, HeaderEnd, End];

    public override ImmutableArray<string> StopTokens { get; } = [End, "<|eom_id|>", "<|end_of_text|>"];

    private protected override void Write(TemplateBuilder builder, IReadOnlyList<ChatTurn> turns, IReadOnlyList<ChatTool> tools, bool addGenerationPrompt)
    {
        builder.Special(Begin);
        foreach (var turn in turns)
        {
            var role = turn.Role switch
            {
                ChatRole.System => "system",
                ChatRole.User => "user",
                _ => "assistant",
            };
            Header(builder, role).Text(turn.Content.Trim()).Special(End);
        }

        if (addGenerationPrompt)
        {
            Header(builder, "assistant");
        }
    }

    static TemplateBuilder Header(TemplateBuilder builder, string role) =>
        builder.Special(HeaderStart).Text(role).Special(HeaderEnd).Text("\n\n");
}
