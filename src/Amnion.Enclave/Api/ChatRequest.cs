namespace Amnion.Enclave.Api;

/// <summary>POST /v1/chat/completions.</summary>
/// <param name="Call">The conversation.</param>
/// <param name="Stream">Whether the answer is streamed.</param>
/// <param name="IncludeUsage">Whether the stream ends with usage.</param>
sealed record ChatRequest(ChatCall Call, bool Stream, bool IncludeUsage)
{
    public static ChatRequest Read(ApiObject request)
    {
        var model = request.RequiredText("model", 256);
        var turns = MessageReader.Read(request);
        var tools = ToolReader.ReadTools(request, nested: true, out var strict);
        var choice = ToolReader.ReadChoice(request, nested: true, tools);
        ToolReader.CheckStrict(strict, choice);
        var maxTokens = (int?)(request.Integer("max_completion_tokens", 1, int.MaxValue) ?? request.Integer("max_tokens", 1, int.MaxValue));
        request.Accept("max_tokens");
        var call = new ChatCall
        {
            Model = model,
            Turns = turns,
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = request.Flag("parallel_tool_calls") ?? true,
            Format = OutputFormat.ReadChat(request),
            Sampling = SamplingParameters.Read(request, maxTokens),
            FormatMember = "response_format",
        };
        var stream = request.Flag("stream") ?? false;
        var includeUsage = StreamOptions.Read(request, stream);
        CommonParameters.Check(request);
        request.Refuse("audio", "prediction", "web_search_options", "functions", "function_call", "reasoning_effort", "verbosity", "top_logprobs");
        request.OnlyFalse("logprobs");
        request.Only("modalities", static value => value.ValueKind == System.Text.Json.JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueEquals("text")), "is only supported as ['text']");
        request.End();
        return new ChatRequest(call, stream, includeUsage);
    }
}
