using System.Text.Json;

namespace Amnion.Inference.OpenAi;

/// <summary>Reads one event's data: a "chat.completion.chunk" or a "text_completion". Members that say nothing about the answer are passed over.</summary>
static class AnswerPartReader
{
    /// <exception cref="WorkloadException">It is an error, or nothing that such a stream may hold.</exception>
    public static AnswerPart Read(ReadOnlyMemory<byte> data, bool chat)
    {
        using var document = WorkloadJson.Parse(data);
        var root = document.RootElement;
        if (WorkloadJson.Member(root, "error") is not null)
        {
            throw new WorkloadException(InferenceCodes.WorkloadFailed);
        }

        var part = new AnswerPart("", [], null, ReadUsage(root));
        foreach (var choice in WorkloadJson.Items(root, "choices", maxCount: 1))
        {
            if (choice.ValueKind != JsonValueKind.Object)
            {
                throw WorkloadException.Violation();
            }

            // One choice was asked for.
            _ = WorkloadJson.Count(choice, "index", max: 0, absent: 0);
            part = part with { Finish = ReadFinish(WorkloadJson.Text(choice, "finish_reason")) };
            if (!chat)
            {
                part = part with { Text = WorkloadJson.Text(choice, "text") };
            }
            else if (WorkloadJson.Object(choice, "delta") is { } delta)
            {
                part = part with { Text = WorkloadJson.Text(delta, "content"), Calls = [.. WorkloadJson.Items(delta, "tool_calls", OpenAiLimits.Calls).Select(ReadCall)] };
            }
        }

        return part;
    }

    static CallPart ReadCall(JsonElement call)
    {
        if (call.ValueKind != JsonValueKind.Object)
        {
            throw WorkloadException.Violation();
        }

        var index = WorkloadJson.Count(call, "index", OpenAiLimits.Calls - 1);
        if (WorkloadJson.Text(call, "type") is not ("" or "function"))
        {
            throw WorkloadException.Violation();
        }

        return WorkloadJson.Object(call, "function") is { } function
            ? new CallPart(index, WorkloadJson.Member(function, "name") is { } name ? WorkloadJson.Text(name) : null, WorkloadJson.Text(function, "arguments"))
            : new CallPart(index, null, "");
    }

    static (int Prompt, int Completion)? ReadUsage(JsonElement root) => WorkloadJson.Object(root, "usage") is { } usage
        ? (WorkloadJson.Count(usage, "prompt_tokens", int.MaxValue), WorkloadJson.Count(usage, "completion_tokens", int.MaxValue, absent: 0))
        : null;

    static FinishReason? ReadFinish(string reason) => reason switch
    {
        "" => null,
        "stop" or "tool_calls" or "function_call" => FinishReason.Stop,
        "length" => FinishReason.Length,

        // "abort" of a server that shuts down, "content_filter", and what nobody knows: the answer is not whole.
        _ => throw new WorkloadException(InferenceCodes.WorkloadFailed),
    };
}
