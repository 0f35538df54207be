using Amnion.Enclave.Api;
using Amnion.Enclave.Config;
using Amnion.Guard;
using Amnion.Guard.Packs;
using Amnion.Guard.Pipeline;
using Amnion.Inference;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Endpoint;

/// <summary>The OpenAI-compatible API inside the seal: admission, then one of a fixed list of endpoints.</summary>
sealed class ApiRouter(CallerAdmission admission, GuardPipeline guard, Func<LoadedModel?> model)
{
    /// <summary>Answers a request; everything but the end of the answer is sent.</summary>
    /// <exception cref="ApiException">The answer is an error.</exception>
    public async Task<TokenUsage> AnswerAsync(SealedRequest request, BinaryHttpRequest http, Admitted? configuration, SealedAnswer answer, CancellationToken cancellation)
    {
        var isPost = http.Method == "POST";
        var tenant = admission.Admit(http, configuration, countsAgainstQuota: isPost);
        var loaded = model() ?? throw new ApiException(ApiError.NotReady);
        var head = new AnswerHead(request.Id, request.Time / 1000, loaded.Name);
        var path = http.Path.Split('?')[0];
        using var buffer = new AnswerBuffer();
        if (!isPost)
        {
            ModelsEndpoint.Write(http.Method, path, head, buffer);
            answer.Head(200, ("content-type", "application/json"));
            await answer.JsonAsync(buffer).ConfigureAwait(false);
            return default;
        }

        using var body = path is "/v1/chat/completions" or "/v1/completions" or "/v1/embeddings" or "/v1/responses"
            ? ApiJson.Parse(http.Content)
            : throw new ApiException(path == "/v1/models" ? ApiError.MethodNotAllowed : ApiError.NotFound);
        var parameters = new ApiObject(body.RootElement);
        using var session = guard.Begin(tenant.Id, path);
        if (session is null)
        {
            answer.Verdicts = [new ReceiptVerdict(PackCodes.NoRoute, PolicyNames.Of(GuardAction.Block), 1)];
            throw new ApiException(ApiError.Guarded(PackCodes.NoRoute));
        }

        try
        {
            return path == "/v1/embeddings"
                ? await EmbedAsync(parameters, loaded, tenant, session, buffer, answer, cancellation).ConfigureAwait(false)
                : await GenerateAsync(GenerationCall.Read(path, parameters, loaded, session, head, buffer), loaded, tenant, session, buffer, answer, cancellation).ConfigureAwait(false);
        }
        finally
        {
            // A refusal has a receipt too.
            answer.Verdicts = [.. session.Counts.Select(count => new ReceiptVerdict(count.Code, PolicyNames.Of(count.Action), count.Count))];
        }
    }

    async Task<TokenUsage> GenerateAsync(GenerationCall call, LoadedModel loaded, Tenant tenant, GuardSession session, AnswerBuffer buffer, SealedAnswer answer, CancellationToken cancellation)
    {
        using var writer = call.Writer;
        var run = new GenerationRun(writer, buffer, answer, session, call.Scanner, call.ParallelToolCalls);
        var estimate = QuotaMeter.Estimate(RequestLimits.InputLength(call.Request));
        var refused = false;
        admission.Book(tenant, estimate);
        try
        {
            await run.RunAsync(loaded.Engines.For(tenant.Id), call.Request, cancellation).ConfigureAwait(false);
            return run.Usage;
        }
        catch (ApiException)
        {
            // The engine took the prompt no further, or its worker broke: not what the caller used.
            refused = run.Usage.Completion == 0;
            throw;
        }
        finally
        {
            // Where the caller left, nobody counted the prompt, and the estimate stays.
            admission.Book(tenant, (long)run.Usage.Prompt + run.Usage.Completion - (refused || run.Usage.Prompt > 0 ? estimate : 0));
        }
    }

    async Task<TokenUsage> EmbedAsync(ApiObject parameters, LoadedModel loaded, Tenant tenant, GuardSession session, AnswerBuffer buffer, SealedAnswer answer, CancellationToken cancellation)
    {
        var request = EmbeddingsRequest.Read(parameters);
        GenerationCall.CheckModel(request.Model, loaded);
        request = request with { Input = GuardedRequest.Pass(request.Input, session) };
        var usage = await EmbeddingsEndpoint.WriteAsync(request, loaded, tenant.Id, buffer, tokens => admission.Book(tenant, tokens), cancellation).ConfigureAwait(false);
        answer.Head(200, ("content-type", "application/json"));
        await answer.JsonAsync(buffer).ConfigureAwait(false);
        return usage;
    }
}
