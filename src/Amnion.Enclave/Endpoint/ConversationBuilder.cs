using System.Globalization;
using Amnion.Enclave.Api;
using Amnion.Inference;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Endpoint;

/// <summary>
/// Turns a conversation into what an engine takes that renders it itself. Callers' names of tool calls stay here: the engine gets names of
/// its own, nine letters and digits as the strictest templates want them.
/// </summary>
static class ConversationBuilder
{
    /// <exception cref="ApiException">Something is asked together that no engine is asked together.</exception>
    public static Conversation Build(ChatCall call)
    {
        if (call.Format.Json && call.ToolChoice.Kind != ToolChoiceKind.None)
        {
            throw new ApiException(ApiError.Unsupported(call.FormatMember, "not together with 'tools' that the model may choose"));
        }

        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var count = 0;
        return new Conversation
        {
            Turns = [.. call.Turns.Select(Turn)],
            Tools = call.ToolChoice.Kind == ToolChoiceKind.None ? [] : [.. call.Tools.Select(tool => new OfferedTool(tool.Name, tool.Description, tool.Parameters?.GetRawText()))],
            Demand = call.ToolChoice.Kind switch
            {
                ToolChoiceKind.Auto => ToolDemand.Auto,
                ToolChoiceKind.Required => ToolDemand.Required,
                ToolChoiceKind.Named => ToolDemand.Named,
                _ => ToolDemand.None,
            },
            DemandedTool = call.ToolChoice.Name,
            ParallelCalls = call.ParallelToolCalls,
            Json = call.Format.Json,
            JsonSchema = call.Format.Schema?.GetRawText(),
        };

        ConversationTurn Turn(ChatTurn turn) => new(RoleOf(turn.Role), turn.Content)
        {
            Calls = [.. turn.ToolCalls.Select(made => new RequestedCall(ids[made.Id ?? ""] = NextId(), made.Name, made.ArgumentsJson))],
            AnswersCall = turn.Role == ChatRole.Tool ? ids.TryGetValue(turn.AnswersCall ?? "", out var id) ? id : NextId() : null,
        };

        string NextId() => string.Create(CultureInfo.InvariantCulture, $"call{++count:D5}");
    }

    static ConversationRole RoleOf(ChatRole role) => role switch
    {
        ChatRole.System => ConversationRole.System,
        ChatRole.User => ConversationRole.User,
        ChatRole.Assistant => ConversationRole.Assistant,
        _ => ConversationRole.Tool,
    };
}
