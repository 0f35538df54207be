using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Amnion.Inference.OpenAi;

/// <summary>One request to the workload's server at a time: sends it, judges status and headers, and turns every failure into a code.</summary>
sealed class WorkloadClient(int port) : IDisposable
{
    readonly HttpMessageInvoker _http = LoopbackConnector.Create(port);

    /// <summary>Posts a body, which is zeroed, and returns the answer once its headers are there.</summary>
    /// <param name="path">The path of the server.</param>
    /// <param name="body">JSON.</param>
    /// <param name="expected">Media type of the answer.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="WorkloadException">The server refused, failed, or is no HTTP server.</exception>
    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string expected, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Post, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(expected));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            return await CheckAsync(await _http.SendAsync(request, cancellation).ConfigureAwait(false), expected, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not WorkloadException && CodeOf(e) is not null)
        {
            throw new WorkloadException(CodeOf(e)!);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    /// <summary>The status of a GET whose answer is not read; null where nobody answered, and whether that is because nobody listens.</summary>
    public async Task<(HttpStatusCode? Status, bool Refused)> ProbeAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using var request = Request(HttpMethod.Get, path);
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            return (response.StatusCode, false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, IsRefused(e));
        }
    }

    /// <summary>Reads a whole answer.</summary>
    /// <exception cref="WorkloadException">It is longer than <paramref name="max"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int max, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > max)
        {
            throw WorkloadException.Violation();
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[Math.Min(max, 16 * 1024)];
            for (var length = 0; ;)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
                length += count;
                if (count == 0)
                {
                    return buffer[..length];
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, length < max ? Math.Min(max, 2 * length) : throw WorkloadException.Violation());
                }
            }
        }
    }

    /// <summary>The code of a failed exchange; null for what is no failure of the server, cancellation above all.</summary>
    public static string? CodeOf(Exception failure) => failure switch
    {
        WorkloadException workload => workload.Code,
        _ when IsRefused(failure) => InferenceCodes.WorkloadEnded,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => InferenceCodes.WorkloadViolatedProtocol,
        HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => InferenceCodes.WorkloadViolatedProtocol,
        HttpRequestException or IOException or SocketException => InferenceCodes.WorkloadFailed,
        _ => null,
    };

    public void Dispose() => _http.Dispose();

    static async Task<HttpResponseMessage> CheckAsync(HttpResponseMessage response, string expected, CancellationToken cancellation)
    {
        try
        {
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new WorkloadException(await JudgeAsync(response, cancellation).ConfigureAwait(false));
            }

            return response.Content.Headers.ContentType?.MediaType == expected && response.Content.Headers.ContentEncoding.Count == 0
                ? response
                : throw WorkloadException.Violation();
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, LoopbackConnector.Address(port, path)) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.ConnectionClose = true;
        return request;
    }

    static bool IsRefused(Exception failure) =>
        (failure.InnerException as SocketException ?? failure as SocketException) is { SocketErrorCode: SocketError.ConnectionRefused };

    static async Task<string> JudgeAsync(HttpResponseMessage response, CancellationToken cancellation) => (int)response.StatusCode switch
    {
        429 or 503 => InferenceCodes.Busy,
        400 or 413 or 422 => await IsTooLongAsync(response, cancellation).ConfigureAwait(false) ? InferenceCodes.PromptTooLong : InferenceCodes.WorkloadRefused,
        404 or 405 or 501 => InferenceCodes.WorkloadRefused,
        >= 200 and < 400 => InferenceCodes.WorkloadViolatedProtocol,
        _ => InferenceCodes.WorkloadFailed,
    };

    /// <summary>Whether an error is the one about the context's length, by llama-server's type or OpenAI's code. Its text is not read.</summary>
    static async Task<bool> IsTooLongAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var document = WorkloadJson.Parse(await ReadAsync(response, OpenAiLimits.ErrorBytes, cancellation).ConfigureAwait(false));
            return WorkloadJson.Member(document.RootElement, "error") is { ValueKind: System.Text.Json.JsonValueKind.Object } error
                && (Is(error, "type", "exceed_context_size_error") || Is(error, "code", "context_length_exceeded"));
        }
        catch (WorkloadException)
        {
            return false;
        }

        static bool Is(System.Text.Json.JsonElement error, string name, string value) =>
            WorkloadJson.Member(error, name) is { ValueKind: System.Text.Json.JsonValueKind.String } member && member.ValueEquals(value);
    }
}
