using System.Net.Http.Headers;
using System.Text;

namespace Amnion.EndToEnd.Tests;

/// <summary>A relay an attacker runs, between a caller and the real one: it keeps every byte that passes and changes what a test tells it to.</summary>
sealed class HostileRelay() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
{
    readonly MemoryStream _seen = new();

    /// <summary>Sealed requests as callers sent them.</summary>
    public List<byte[]> Requests { get; } = [];

    /// <summary>Evidence as the real relay answered.</summary>
    public List<RelayAnswer> Evidence { get; } = [];

    /// <summary>Answers to sealed requests as the real relay gave them.</summary>
    public List<RelayAnswer> Answers { get; } = [];

    public Func<byte[], byte[]>? OnRequest { get; init; }

    public Func<RelayAnswer, RelayAnswer>? OnEvidence { get; init; }

    public Func<RelayAnswer, RelayAnswer>? OnAnswer { get; init; }

    /// <summary>True where a text stands in anything that passed, as UTF-8 or UTF-16.</summary>
    public bool Saw(string text)
    {
        var seen = _seen.GetBuffer().AsSpan(0, (int)_seen.Length);
        return seen.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || seen.IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _seen.Write(Encoding.UTF8.GetBytes($"{request}"));
        var exchange = request.Method == HttpMethod.Post;
        using var onward = new HttpRequestMessage(request.Method, request.RequestUri);
        if (exchange)
        {
            var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            Requests.Add(body);
            _seen.Write(body);
            onward.Content = new ByteArrayContent(OnRequest?.Invoke(body) ?? body);
            onward.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("message/ohttp-chunked-req");
        }

        using var real = await base.SendAsync(onward, cancellationToken);
        var answer = new RelayAnswer((int)real.StatusCode, real.Content.Headers.ContentType?.MediaType, await real.Content.ReadAsByteArrayAsync(cancellationToken));
        _seen.Write(answer.Body);
        (exchange ? Answers : Evidence).Add(answer);
        return ((exchange ? OnAnswer : OnEvidence)?.Invoke(answer) ?? answer).ToResponse(request);
    }

    protected override void Dispose(bool disposing)
    {
        _seen.Dispose();
        base.Dispose(disposing);
    }
}
