using System.Collections.Immutable;

namespace Amnion.Models.Chat;

/// <summary>
/// Mistral's instruction tokens. No spaces are written around them: SentencePiece vocabularies add one before each piece of
/// text by themselves, and the others were trained without.
/// </summary>
sealed class MistralTemplate(bool hasSystemMarkers) : ChatTemplate
{
    const string Begin = "<s>";
    const string End = "</s>";
    const string InstructionStart = "[INST]";
    const string InstructionEnd = "[/INST]";
    const string SystemStart = "[SYSTEM_PROMPT]";
    const string SystemEnd = "[/SYSTEM_PROMPT]";

    public override string Name => hasSystemMarkers ? "mistral-v7" : "mistral";

    public override ImmutableArray<string> ControlTokens { get; } = hasSystemMarkers
        ? [Begin, End, InstructionStart, InstructionEnd, SystemStart, SystemEnd]
        : [Begin, End, InstructionStart, InstructionEnd];

    public override ImmutableArray<string> StopTokens { get; } = [End];

    private protected override void Write(TemplateBuilder builder, IReadOnlyList<ChatTurn> turns, IReadOnlyList<ChatTool> tools, bool addGenerationPrompt)
    {
        builder.Special(Begin);
        var system = SystemText(turns);
        if (hasSystemMarkers && system.Length > 0)
        {
            builder.Special(SystemStart).Text(system).Special(SystemEnd);
            system = string.Empty;
        }

        foreach (var turn in turns)
        {
            if (turn.Role == ChatRole.User)
            {
                builder.Special(InstructionStart).Text(system.Length > 0 ? $"{system}\n\n{turn.Content}" : turn.Content).Special(InstructionEnd);
                system = string.Empty;
            }
            else if (turn.Role == ChatRole.Assistant)
            {
                builder.Text(turn.Content.Trim()).Special(End);
            }
        }

        // The model answers right after the instruction's end; instructions without a question are asked by themselves.
        if (addGenerationPrompt && system.Length > 0)
        {
            builder.Special(InstructionStart).Text(system).Special(InstructionEnd);
        }
    }
}
