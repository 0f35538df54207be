using System.Text;

namespace Amnion.EndToEnd.Tests;

/// <summary>A streamed answer of the proxy, as an HTTP client sees it.</summary>
sealed class StreamedAnswer : IDisposable
{
    static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    readonly HttpResponseMessage _response;
    readonly Stream _body;
    readonly StringBuilder _text = new();
    Task<string?>? _next;

    StreamedAnswer(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _body = body;
    }

    /// <summary>Everything read so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Sends the request and reads until the first piece of the answer.</summary>
    public static async Task<StreamedAnswer> BeginAsync(HttpClient http, HttpRequestMessage request)
    {
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, EndToEnd.Cancellation);
        var answer = new StreamedAnswer(response, await response.Content.ReadAsStreamAsync(EndToEnd.Cancellation));
        while (!answer.Text.Contains("\"content\"", StringComparison.Ordinal))
        {
            answer._text.Append(await answer.ReadAsync() ?? throw new IOException($"The answer ended at once: {(int)response.StatusCode} {answer.Text}"));
        }

        return answer;
    }

    /// <summary>Reads what is on its way; true where the answer is not over.</summary>
    public async Task<bool> IsOpenAsync()
    {
        while (true)
        {
            _next ??= ReadAsync();
            if (await Task.WhenAny(_next, Task.Delay(Quiet, EndToEnd.Cancellation)) != _next)
            {
                return !Text.Contains("[DONE]", StringComparison.Ordinal);
            }

            if (await _next is not { } piece)
            {
                return false;
            }

            _text.Append(piece);
            _next = null;
        }
    }

    /// <summary>Reads to the end. True where the connection ended properly, false where it broke.</summary>
    public async Task<bool> EndAsync(TimeSpan limit)
    {
        try
        {
            using var expiry = new CancellationTokenSource(limit);
            while (await (_next ?? ReadAsync()).WaitAsync(expiry.Token) is { } piece)
            {
                _next = null;
                _text.Append(piece);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The caller hung for {limit.TotalSeconds:0} s after: {Text}");
            return false;
        }
    }

    public void Dispose()
    {
        _body.Dispose();
        _response.Dispose();
    }

    async Task<string?> ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        var read = await _body.ReadAsync(buffer);
        return read == 0 ? null : Encoding.UTF8.GetString(buffer, 0, read);
    }
}
