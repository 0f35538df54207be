using System.Text.Json;
using Amnion.Inference;

namespace Amnion.Enclave.Api;

/// <summary>A negative answer in OpenAI's error shape. The message may name parameters and limits; it never quotes what the caller wrote.</summary>
/// <param name="Status">HTTP status inside the seal.</param>
/// <param name="Type">OpenAI's "type".</param>
/// <param name="Code">OpenAI's "code", or null.</param>
/// <param name="Message">For people.</param>
/// <param name="Parameter">The request's member that is to blame, or null.</param>
/// <param name="RetryAfter">When it makes sense to ask again, or null.</param>
sealed record ApiError(int Status, string Type, string? Code, string Message, string? Parameter = null, TimeSpan? RetryAfter = null)
{
    const string InvalidRequest = "invalid_request_error";

    public static ApiError NoApiKey { get; } = new(401, InvalidRequest, "invalid_api_key", "No API key was given, or it is not known. Send it as 'Authorization: Bearer KEY'.");

    public static ApiError RevokedApiKey { get; } = new(401, InvalidRequest, "api_key_revoked", "This API key was revoked.");

    public static ApiError NotConfigured { get; } = new(503, "server_error", "configuration_missing", "No configuration is in force: callers are admitted once the enclave has a valid one.");

    public static ApiError NotReady { get; } = new(503, "server_error", "model_not_ready", "The model is not loaded yet.");

    public static ApiError Overloaded { get; } = new(503, "server_error", "engine_overloaded", "The engine has no free slot; try again later.", RetryAfter: TimeSpan.FromSeconds(1));

    public static ApiError EngineFailed { get; } = new(500, "server_error", "engine_failed", "The engine failed while it answered; nothing of this request was kept.");

    public static ApiError EngineRefused { get; } = new(400, InvalidRequest, "engine_refused", "The engine refuses this request; what it says about it is not passed on.");

    public static ApiError EngineEnded { get; } = new(503, "server_error", "engine_ended", "The engine of this enclave ended; it serves nothing any more.");

    public static ApiError Internal { get; } = new(500, "server_error", "internal_error", "The enclave failed to answer this request.");

    public static ApiError NotFound { get; } = new(404, InvalidRequest, "unknown_url", "There is no such endpoint.");

    public static ApiError MethodNotAllowed { get; } = new(405, InvalidRequest, "method_not_allowed", "This endpoint is not called with this method.");

    public static ApiError MalformedHttp { get; } = new(400, InvalidRequest, "malformed_request", "The sealed request is not a valid binary HTTP request (RFC 9292).");

    public static ApiError MalformedJson { get; } = new(400, InvalidRequest, "malformed_json", "The body is not a JSON object this endpoint can read (or a member stands twice, or it is nested too deep).");

    public static ApiError ModelNotFound { get; } = new(404, InvalidRequest, "model_not_found", "This enclave does not serve that model; GET /v1/models names the one it serves.", "model");

    public static ApiError ContextLength { get; } =
        new(400, InvalidRequest, "context_length_exceeded", "The prompt does not fit the context of one sequence; see the engine configuration.", "messages");

    public static ApiError RequestLimits { get; } = new(400, InvalidRequest, "request_too_large", "The prompt, a stop sequence or the schema is larger than the engine takes.");

    public static ApiError NoEmbeddings { get; } = new(400, InvalidRequest, "embeddings_not_supported", "The model this enclave serves makes no embeddings.", "model");

    public static ApiError NoChatTemplate { get; } = new(400, InvalidRequest, "chat_not_supported", "The model this enclave serves has no chat template; use /v1/completions.", "model");

    public static ApiError NoTools { get; } = new(400, InvalidRequest, "tools_not_supported", "The chat template of the model this enclave serves knows no tools.", "tools");

    /// <summary>Names the keyword that is to blame; it is the caller's own and goes back to the caller only.</summary>
    public static ApiError Schema(string parameter, JsonSchemaException problem) => problem.Code switch
    {
        InferenceCodes.SchemaTooLarge => Unsupported(parameter, "the schema is too large or too deep"),
        InferenceCodes.SchemaMalformed => Invalid(parameter, $"holds a malformed schema{Place(problem)}"),
        _ => Unsupported(parameter, $"the schema asks what an answer cannot be held to{Place(problem)}"),
    };

    /// <summary>The guard refuses: OpenAI's code for it, and the guard's own in the message. Never what it found.</summary>
    public static ApiError Guarded(string code) => new(400, InvalidRequest, "content_filter", $"The guard of this enclave refuses this request ({code}).");

    public static ApiError TooManyRequests(TimeSpan retryAfter) =>
        new(429, "requests", "rate_limit_exceeded", "Too many requests this minute.", RetryAfter: retryAfter);

    public static ApiError TokensExhausted(TimeSpan retryAfter) =>
        new(429, "insufficient_quota", "insufficient_quota", "The tokens of this hour are used up.", RetryAfter: retryAfter);

    public static ApiError Invalid(string parameter, string problem) => new(400, InvalidRequest, "invalid_value", $"'{parameter}' {problem}.", parameter);

    public static ApiError Missing(string parameter) => new(400, InvalidRequest, "missing_required_parameter", $"'{parameter}' is required.", parameter);

    public static ApiError Unknown(string parameter) => new(400, InvalidRequest, "unknown_parameter", $"'{parameter}' is not a parameter of this endpoint.", parameter);

    public static ApiError Unsupported(string parameter, string? why = null) =>
        new(400, InvalidRequest, "unsupported_parameter", $"'{parameter}' is not supported here{(why is null ? "" : ": " + why)}.", parameter);

    public static ApiError UnsupportedValue(string parameter, string allowed) =>
        new(400, InvalidRequest, "unsupported_value", $"'{parameter}' {allowed}.", parameter);

    /// <summary>Writes {"error":{…}}.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", Message);
        json.WriteString("type", Type);
        WriteNullable(json, "param", Parameter);
        WriteNullable(json, "code", Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static string Place(JsonSchemaException problem) =>
        problem.Keyword.Length is > 0 and <= 64 && problem.Pointer.Length <= 256 ? $" ('{problem.Keyword}' at '{problem.Pointer}')" : "";

    internal static void WriteNullable(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value);
        }
    }
}
