using Amnion.Enclave.Api;
using Amnion.Guard.Pipeline;
using Amnion.Inference;

namespace Amnion.Enclave.Endpoint;

/// <summary>A generating request, read and turned into what the engine takes and what writes its answer.</summary>
/// <param name="Request">For the engine.</param>
/// <param name="Writer">Writes the answer; owned by the receiver.</param>
/// <param name="Scanner">Finds tool calls; null where none can come.</param>
/// <param name="ParallelToolCalls">False where only the first call counts.</param>
sealed record GenerationCall(GenerationRequest Request, AnswerWriter Writer, ToolCallScanner? Scanner, bool ParallelToolCalls)
{
    public static GenerationCall Read(string path, ApiObject parameters, LoadedModel model, GuardSession session, AnswerHead head, AnswerBuffer buffer)
    {
        switch (path)
        {
            case "/v1/chat/completions":
                var chat = ChatRequest.Read(parameters);
                return Create(chat.Call, model, session, () => chat.Stream ? new ChatEvents(head, buffer, chat.IncludeUsage) : new ChatAnswer(head, buffer));
            case "/v1/responses":
                var responses = ResponsesRequest.Read(parameters);
                return Create(responses.Call, model, session, () => new ResponsesAnswer(head, buffer, responses));
            default:
                var completion = CompletionRequest.Read(parameters);
                CheckModel(completion.Model, model);
                return new GenerationCall(PromptBuilder.Build(completion with { Prompt = GuardedRequest.Pass([completion.Prompt], session)[0] }, model), new CompletionAnswer(head, buffer, completion.Stream, completion.IncludeUsage), null, true);
        }
    }

    /// <summary>What a caller may write who does not care about the name: there is one model, and the policy pins it.</summary>
    const string AnyModel = "default";

    /// <summary>Refuses another model's name.</summary>
    public static void CheckModel(string name, LoadedModel model)
    {
        if (name != model.Name && name != AnyModel)
        {
            throw new ApiException(ApiError.ModelNotFound);
        }
    }

    static GenerationCall Create(ChatCall asked, LoadedModel model, GuardSession session, Func<AnswerWriter> writer)
    {
        CheckModel(asked.Model, model);
        var call = GuardedRequest.Pass(asked, session);
        var request = PromptBuilder.Build(call, model);
        var scanner = call.ToolChoice.Kind == ToolChoiceKind.None ? null : new ToolCallScanner(call.Tools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal));
        return new GenerationCall(request, writer(), scanner, call.ParallelToolCalls);
    }
}
