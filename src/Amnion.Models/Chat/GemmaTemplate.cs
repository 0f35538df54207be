using System.Collections.Immutable;

namespace Amnion.Models.Chat;

/// <summary>Gemma's turns. It has none for the system, whose text opens the first user turn.</summary>
sealed class GemmaTemplate : ChatTemplate
{
    const string Begin = "<bos>";
    const string Start = "<start_of_turn>";
    const string End = "<end_of_turn>";

    public override string Name => "gemma";

    public override ImmutableArray<string> ControlTokens { get; } = [Begin, Start, End];

    public override ImmutableArray<string> StopTokens { get; } = [End, "<eos>"];

    private protected override void Write(TemplateBuilder builder, IReadOnlyList<ChatTurn> turns, IReadOnlyList<ChatTool> tools, bool addGenerationPrompt)
    {
        builder.Special(Begin);
        var system = SystemText(turns);
        foreach (var turn in turns.Where(turn => turn.Role != ChatRole.System))
        {
            var isUser = turn.Role == ChatRole.User;
            var opening = isUser && system.Length > 0 ? system + "\n\n" : string.Empty;
            Turn(builder, isUser ? "user" : "model", opening + turn.Content.Trim());
            system = isUser ? string.Empty : system;
        }

        if (addGenerationPrompt)
        {
            if (system.Length > 0)
            {
                Turn(builder, "user", system);
            }

            builder.Special(Start).Text("model\n");
        }
    }

    static void Turn(TemplateBuilder builder, string role, string content) =>
        builder.Special(Start).Text(role).Text("\n").Text(content).Special(End).Text("\n");
}
