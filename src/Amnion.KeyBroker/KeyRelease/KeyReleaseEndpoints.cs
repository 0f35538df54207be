using Amnion.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>POST /v1/keys/{id}/challenge and /v1/keys/{id}/release. docs/specs/key-broker.md §3.</summary>
sealed class KeyReleaseEndpoints(KeyReleaser releaser, RequestGate gate)
{
    /// <summary>A challenge request has no body; what a client sends all the same is not read past this.</summary>
    const int MaxChallengeRequestLength = 4096;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/keys/{id}/challenge", context => gate.AnswerAsync(context, MaxChallengeRequestLength, _ => Answer(releaser.Challenge(IdOf(context)))));
        routes.MapPost("/v1/keys/{id}/release", context => gate.AnswerAsync(context, ReleaseRequest.MaxLength, body => Answer(releaser.Release(IdOf(context), body))));
        routes.MapGet("/healthz", Health);
    }

    static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    static HttpAnswer Answer(ReleaseAnswer answer) => answer switch
    {
        ReleaseAnswer.Challenged(var challenge) => HttpAnswer.Document(challenge.ToJson()),
        ReleaseAnswer.Released(var key) => HttpAnswer.Document(key.ToJson()),
        ReleaseAnswer.Refused(var refusal) => HttpAnswer.Problem(refusal),
        _ => throw new InvalidOperationException("An answer of no known kind."),
    };

    async Task Health(HttpContext context)
    {
        var json = CanonicalJson.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("keys", releaser.Keys);
            writer.WriteNumber("outstanding", releaser.Outstanding);
            writer.WriteNumber("released", releaser.Released);
            writer.WriteNumber("refused", releaser.Refused);
            writer.WriteEndObject();
        });
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
