using System.Collections.Immutable;
using Amnion.Enclave.Api;
using Amnion.Guard;
using Amnion.Guard.Pipeline;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Endpoint;

/// <summary>Takes the texts that a caller sent through the guard; of them the engine sees what comes back. Names of tools, schemas and stop sequences go past it (docs/specs/guard.md §6).</summary>
static class GuardedRequest
{
    /// <summary>A conversation: every turn, the arguments of earlier tool calls, and what tools say of themselves.</summary>
    /// <exception cref="ApiException">The guard refuses it.</exception>
    public static ChatCall Pass(ChatCall call, GuardSession session)
    {
        GuardedText[] texts = [.. call.Turns.Select(turn => new GuardedText(ChannelOf(turn.Role), turn.Content) { FromModel = turn.Role == ChatRole.Assistant }), .. call.Tools.Select(tool => new GuardedText(GuardChannel.System, tool.Description ?? ""))];
        var verdict = Check(session, texts);
        var passed = verdict.Texts;
        return call with
        {
            Turns = [.. Instructed(call.Turns.Select((turn, index) => turn with
            {
                Content = passed[index],
                ToolCalls = [.. turn.ToolCalls.Select(made => made with { ArgumentsJson = Redact(session, made.ArgumentsJson) })],
            }), verdict.Instruction)],
            Tools = [.. call.Tools.Select((tool, index) => tool.Description is null ? tool : tool with { Description = passed[call.Turns.Length + index] })],
        };
    }

    /// <summary>Texts of the caller's own.</summary>
    /// <exception cref="ApiException">The guard refuses one.</exception>
    public static ImmutableArray<string> Pass(IEnumerable<string> texts, GuardSession session) => Check(session, [.. texts.Select(text => new GuardedText(GuardChannel.User, text))]).Texts;

    static GuardVerdict Check(GuardSession session, GuardedText[] texts)
    {
        var verdict = session.Check(texts);
        return verdict.RefusedBy is { } code ? throw new ApiException(ApiError.Guarded(code)) : verdict;
    }

    /// <summary>The turns with the guard's word on what stands between its markers: in the system message, or before the first turn where there is none, since not every template knows such messages.</summary>
    static IEnumerable<ChatTurn> Instructed(IEnumerable<ChatTurn> turns, string? instruction)
    {
        foreach (var turn in turns)
        {
            yield return instruction is null ? turn
                : turn.Role == ChatRole.System ? turn with { Content = turn.Content + "\n\n" + instruction }
                : turn with { Content = instruction + "\n\n" + turn.Content };
            instruction = null;
        }
    }

    static string Redact(GuardSession session, string json) => session.RedactJson(json) ?? throw new ApiException(ApiError.Guarded(Guard.Pii.PiiCodes.VaultFull));

    // What a caller puts into the model's mouth is the caller's.
    static GuardChannel ChannelOf(ChatRole role) => role switch
    {
        ChatRole.System => GuardChannel.System,
        ChatRole.Tool => GuardChannel.Tool,
        _ => GuardChannel.User,
    };
}
