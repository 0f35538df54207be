using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Amnion.Bench.Deployed;

/// <summary>A caller of the proxy: any OpenAI client would send the same. It reads as little as it must, since it runs on the same processors.</summary>
sealed class SealedCaller(Deployment deployment) : IDisposable
{
    readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = deployment.BaseUrl, Timeout = TimeSpan.FromMinutes(10) };

    /// <summary>Asks in several streams at once, each of them several times over.</summary>
    public async Task<SealedResult> RunAsync(int streams, int repeats, string question, int maxTokens)
    {
        var before = Times();
        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, streams).Select(async _ =>
        {
            var all = new List<(int Tokens, TimeSpan First, long Pieces)>();
            for (var i = 0; i < repeats; i++)
            {
                all.Add(await AskAsync(question, maxTokens, started).ConfigureAwait(false));
            }

            return all;
        })).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var cpu = Times().ToDictionary(role => role.Key, role => role.Value - before[role.Key]);
        return new SealedResult(answers.Sum(all => all.Sum(answer => answer.Tokens)), answers.Sum(all => all.Sum(answer => answer.Pieces)), answers.Min(all => all[0].First), elapsed, cpu);
    }

    public void Dispose() => _http.Dispose();

    async Task<(int Tokens, TimeSpan First, long Pieces)> AskAsync(string question, int maxTokens, long started)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "chat/completions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", deployment.ApiKey);
        request.Content = new StringContent(JsonSerializer.Serialize(new
        {
            model = deployment.Model,
            messages = new[] { new { role = "user", content = question } },
            stream = true,
            stream_options = new { include_usage = true },
            temperature = 0,
            max_completion_tokens = maxTokens,
        }), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new BenchException($"the proxy answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync().ConfigureAwait(false)}");
        }

        await using var body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        var buffer = new byte[16384];
        var first = TimeSpan.Zero;
        var pieces = 0L;
        var tail = "";
        for (int read; (read = await body.ReadAsync(buffer).ConfigureAwait(false)) > 0; pieces++)
        {
            if (pieces == 0)
            {
                first = Stopwatch.GetElapsedTime(started);
            }

            var text = tail + Encoding.UTF8.GetString(buffer, 0, read);
            tail = text[^Math.Min(text.Length, 1024)..];
        }

        return (Tokens(tail), first, pieces);
    }

    static int Tokens(string tail)
    {
        const string Member = "\"completion_tokens\":";
        var at = tail.LastIndexOf(Member, StringComparison.Ordinal);
        return at >= 0 && tail.Contains("data: [DONE]", StringComparison.Ordinal)
            ? int.Parse(tail.AsSpan(at + Member.Length)[..tail.AsSpan(at + Member.Length).IndexOfAny(',', '}')], CultureInfo.InvariantCulture)
            : throw new BenchException("an answer broke off");
    }

    Dictionary<string, TimeSpan> Times()
    {
        var times = deployment.Processes().ToDictionary(role => role.Key, role => TimeSpan.FromTicks(role.Value.Sum(id => ProcessTable.Cpu(id).Ticks)));
        times["caller"] = Environment.CpuUsage.TotalTime;
        return times;
    }
}
