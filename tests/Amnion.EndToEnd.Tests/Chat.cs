using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Amnion.EndToEnd.Tests;

/// <summary>Requests of OpenAI's chat API as plain JSON.</summary>
static class Chat
{
    /// <summary>The toy model knows this one, and answers at some length.</summary>
    public const string Question = "What happens to my data?";

    /// <summary>The toy model repeats itself on this until its tokens are used up, long enough to watch a stream.</summary>
    public const string Endless = "- - - -";

    /// <summary>Tokens of a long answer that the toy model's context holds.</summary>
    public const int ManyTokens = 900;

    public const string Path = "chat/completions";

    public static byte[] Body(string prompt, bool stream = false, int tokens = 64, string? stop = null) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["model"] = "default",
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
        ["temperature"] = 0,
        ["max_tokens"] = tokens,
        ["stream"] = stream,
        ["stop"] = stop,
    });

    public static HttpRequestMessage Request(Uri baseUrl, byte[] body, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + "/" + Path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    /// <summary>The text of a whole answer.</summary>
    public static string Text(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }
}
