using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Enclave.Api;
using Amnion.Inference;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Endpoint;

/// <summary>Turns requests into what the engine takes: prompt pieces, sampling, grammar.</summary>
static class PromptBuilder
{
    /// <summary>A conversation: rendered by the model's template, or as it is for an engine that renders it itself.</summary>
    /// <exception cref="ApiException">The model or its template cannot do what is asked.</exception>
    public static GenerationRequest Build(ChatCall call, LoadedModel model)
    {
        if (model.Engines.RendersConversations)
        {
            return Build([], call.Sampling, null, model, ConversationBuilder.Build(call));
        }

        var template = model.Template ?? throw new ApiException(ApiError.NoChatTemplate);
        ImmutableArray<ChatTool> tools = call.ToolChoice.Kind == ToolChoiceKind.None ? [] : [.. call.Tools.Select(tool => tool.ForTemplate())];
        try
        {
            var pieces = template.Render(call.Turns, tools, addGenerationPrompt: true);
            return Build([.. pieces.Select(piece => new PromptPiece(piece.Text, piece.Special))], call.Sampling, Grammar(call), model);
        }
        catch (ArgumentException)
        {
            throw new ApiException(template.SupportsTools ? ApiError.Invalid("tools", "cannot be rendered (nested too deep, or not valid Unicode)") : ApiError.NoTools);
        }
    }

    /// <summary>A text to continue.</summary>
    public static GenerationRequest Build(CompletionRequest request, LoadedModel model) =>
        Build([new PromptPiece(request.Prompt, Special: false)], request.Sampling, null, model);

    static GenerationRequest Build(ImmutableArray<PromptPiece> prompt, SamplingParameters sampling, string? grammar, LoadedModel model, Conversation? conversation = null)
    {
        var request = new GenerationRequest
        {
            Prompt = prompt,
            Conversation = conversation,

            // An upper bound that is above the measured one changes nothing but where the answer is cut, which its finish reason tells.
            MaxTokens = Math.Min(sampling.MaxTokens ?? model.MaxTokens, model.MaxTokens),
            Stops = sampling.Stop,
            Grammar = grammar,
            Sampling = new SamplingOptions
            {
                Temperature = (float)sampling.Temperature,
                TopP = (float)sampling.TopP,
                PresencePenalty = (float)sampling.PresencePenalty,
                FrequencyPenalty = (float)sampling.FrequencyPenalty,
                Seed = sampling.Seed ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))),
            },
        };
        return RequestLimits.FindProblem(request) is null ? request : throw new ApiException(ApiError.RequestLimits);
    }

    static string? Grammar(ChatCall call)
    {
        try
        {
            if (call.ToolChoice.IsForced)
            {
                var callable = call.Tools.Where(tool => call.ToolChoice.Name is null || tool.Name == call.ToolChoice.Name);
                return ToolCallGrammar.Convert([.. callable.Select(tool => tool.ForGrammar())], call.ParallelToolCalls);
            }

            if (!call.Format.Json)
            {
                return null;
            }

            // A grammar for the schema would forbid the calls, and one for both would let the model choose neither.
            if (call.ToolChoice.Kind != ToolChoiceKind.None)
            {
                throw new ApiException(ApiError.Unsupported(call.FormatMember, "not together with 'tools' that the model may choose"));
            }

            return call.Format.Schema is { } schema ? JsonSchemaGrammar.Convert(schema) : JsonSchemaGrammar.AnyObject;
        }
        catch (JsonSchemaException e)
        {
            throw new ApiException(ApiError.Schema(call.ToolChoice.IsForced ? "tools" : call.FormatMember, e));
        }
    }
}
