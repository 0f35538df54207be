using System.Collections.Immutable;

namespace Amnion.Models.Chat;

/// <summary>ChatML, with tools as Qwen 2.5 and Hermes 2 Pro were trained for.</summary>
sealed class ChatMlTemplate : ChatTemplate
{
    const string Start = "<|im_start|>";
    const string End = "<|im_end|>";

    public override string Name => "chatml";

    public override ImmutableArray<string> ControlTokens { get; } = [Start, End];

    public override ImmutableArray<string> StopTokens { get; } = [End, "<|endoftext|>"];

    public override bool SupportsTools => true;

    private protected override void Write(TemplateBuilder builder, IReadOnlyList<ChatTurn> turns, IReadOnlyList<ChatTool> tools, bool addGenerationPrompt)
    {
        var first = 0;
        if (tools.Count > 0)
        {
            var system = turns is [{ Role: ChatRole.System } leading, ..] ? leading.Content : string.Empty;
            first = turns is [{ Role: ChatRole.System }, ..] ? 1 : 0;
            Turn(builder, "system", system + (system.Length > 0 ? "\n\n" : string.Empty) + ToolText.Offer(tools));
        }

        for (var i = first; i < turns.Count; i++)
        {
            var turn = turns[i];
            switch (turn.Role)
            {
                case ChatRole.System:
                    Turn(builder, "system", turn.Content);
                    break;
                case ChatRole.User:
                    Turn(builder, "user", turn.Content);
                    break;
                case ChatRole.Assistant:
                    Turn(builder, "assistant", turn.Content + ToolText.Calls(turn.ToolCalls, afterText: turn.Content.Length > 0));
                    break;
                default:
                    // Results that follow each other share one user turn.
                    var results = turns.Skip(i).TakeWhile(next => next.Role == ChatRole.Tool).Select(next => ToolText.Result(next.Content)).ToList();
                    Turn(builder, "user", string.Join('\n', results));
                    i += results.Count - 1;
                    break;
            }
        }

        if (addGenerationPrompt)
        {
            builder.Special(Start).Text("assistant\n");
        }
    }

    static void Turn(TemplateBuilder builder, string role, string content) =>
        builder.Special(Start).Text(role).Text("\n").Text(content).Special(End).Text("\n");
}
