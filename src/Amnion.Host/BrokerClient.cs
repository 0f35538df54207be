using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Host;

/// <summary>Asks a key broker over its native REST interface. It carries records and understands only their outer form.</summary>
/// <param name="http">Used as given; the caller sets proxies and trust. Redirects should be off.</param>
/// <param name="broker">The broker's base address.</param>
public sealed class BrokerClient(HttpClient http, Uri broker) : IKeySource
{
    /// <summary>Largest problem document read, bytes.</summary>
    const int MaxProblemLength = 256 * 1024;

    /// <summary>Most failed checks taken over from a refusal.</summary>
    const int MaxChecks = 64;

    /// <summary>Longest text taken over from a broker's answer, characters.</summary>
    const int MaxText = 300;

    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    /// <summary>Asks for a single-use challenge; the answer is its canonical JSON as received.</summary>
    /// <exception cref="BrokerException">The broker could not be asked.</exception>
    /// <exception cref="KeyReleaseRefusedException">It refused.</exception>
    public async Task<byte[]> GetChallengeAsync(string keyId, CancellationToken cancellation)
    {
        var answer = await PostAsync(keyId, "challenge", null, ReleaseChallenge.MaxLength, cancellation).ConfigureAwait(false);
        Check(() => ReleaseChallenge.Parse(answer).KeyId == keyId, "a challenge for another key");
        return answer;
    }

    /// <summary>Presents Evidence; the answer is the wrapped key's JSON as received.</summary>
    /// <exception cref="BrokerException">The broker could not be asked.</exception>
    /// <exception cref="KeyReleaseRefusedException">It refused.</exception>
    public async Task<byte[]> ReleaseAsync(string keyId, ReadOnlyMemory<byte> challenge, ReadOnlyMemory<byte> evidence, CancellationToken cancellation)
    {
        // Both are JSON already and must arrive as they are: evidence is bound by hashes over its parts.
        byte[] body = [.. "{\"challenge\":"u8, .. challenge.Span, .. ",\"evidence\":"u8, .. evidence.Span, (byte)'}'];
        var answer = await PostAsync(keyId, "release", body, WrappedKey.MaxLength, cancellation).ConfigureAwait(false);
        Check(() => WrappedKey.Parse(answer).KeyId == keyId, "another key than was asked for");
        return answer;
    }

    /// <summary>The signed configuration release in force, as received; only an enclave can tell whether it is one.</summary>
    /// <exception cref="BrokerException">The broker could not be asked, or has none.</exception>
    public Task<byte[]> GetConfigurationAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "configuration", null, ConfigurationRelease.MaxLength, NoConfiguration, cancellation);

    /// <summary>The public key of configuration releases. A broker that names another than the policies do gets no enclave a key.</summary>
    /// <exception cref="BrokerException">The broker could not be asked, or its answer is malformed.</exception>
    public async Task<ConfigurationSigner> GetConfigurationSignerAsync(CancellationToken cancellation)
    {
        var answer = await SendAsync(HttpMethod.Get, "configuration/signer", null, ConfigurationSigner.MaxLength, NoConfiguration, cancellation).ConfigureAwait(false);
        ConfigurationSigner? signer = null;
        Check(() => (signer = ConfigurationSigner.Parse(answer)) is not null, "no signer");
        return signer!;
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(EnclaveConnection enclave, string keyId, CancellationToken cancellation)
    {
        var challenge = await GetChallengeAsync(keyId, cancellation).ConfigureAwait(false);
        await using var exchange = await enclave.BeginReleaseAsync(challenge, cancellation).ConfigureAwait(false);
        var wrapped = await ReleaseAsync(keyId, challenge, exchange.Evidence, cancellation).ConfigureAwait(false);
        await exchange.CompleteAsync(wrapped, cancellation).ConfigureAwait(false);
    }

    static void Check(Func<bool> fits, string otherwise)
    {
        try
        {
            if (!fits())
            {
                throw new BrokerException($"The key broker answered with {otherwise}.");
            }
        }
        catch (RecordFormatException e)
        {
            throw new BrokerException($"The key broker's answer is malformed: {e.Message}", e);
        }
    }

    Task<byte[]> PostAsync(string keyId, string action, byte[]? body, int maxLength, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"keys/{Uri.EscapeDataString(keyId)}/{action}", body ?? [], maxLength, (status, problem) => Refusal(keyId, status, problem), cancellation);

    async Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? body, int maxLength, Func<HttpStatusCode, byte[], Exception> refused, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeLimit);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri($"{broker.AbsoluteUri.TrimEnd('/')}/v1/{path}"));
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return await ReadAsync(stream, maxLength, limit.Token).ConfigureAwait(false);
                }

                var problem = await ReadAsync(stream, MaxProblemLength, limit.Token).ConfigureAwait(false);
                throw refused(response.StatusCode, problem);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BrokerException($"The key broker at {broker} did not answer within {TimeLimit.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new BrokerException($"The key broker at {broker} cannot be reached: {e.Message}", e);
        }
    }

    static async Task<byte[]> ReadAsync(Stream stream, int maxLength, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(maxLength + 1);
        try
        {
            var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, maxLength + 1), maxLength + 1, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return read <= maxLength ? buffer[..read] : throw new BrokerException($"The key broker's answer is longer than {maxLength} bytes.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // 5xx and 429 are the broker's trouble, 409 a challenge that ran out or a key that changed meanwhile: asking anew can help.
    // Every other status is its decision.
    Exception Refusal(string keyId, HttpStatusCode status, byte[] body)
    {
        var (code, title, checks) = ReadProblem(body);
        return (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.Conflict || code is null
            ? new BrokerException($"The key broker at {broker} answered {(int)status}{(code is null ? "" : " " + code)}: {title}")
            : new KeyReleaseRefusedException(code, "key broker", keyId, title, checks);
    }

    BrokerException NoConfiguration(HttpStatusCode status, byte[] body)
    {
        var (code, title, _) = ReadProblem(body);
        return new BrokerException($"The key broker at {broker} gave no configuration: {(int)status}{(code is null ? "" : " " + code)}, {title}");
    }

    static (string? Code, string Title, ImmutableArray<RefusedCheck> Checks) ReadProblem(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            var checks = root.TryGetProperty("checks", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Take(MaxChecks).Where(item => item.ValueKind == JsonValueKind.Object).Select(ReadCheck).ToImmutableArray()
                : [];
            return (Text(root, "code"), Text(root, "detail") ?? Text(root, "title") ?? "no reason given", checks);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, "the answer is no problem document", []);
        }
    }

    static RefusedCheck ReadCheck(JsonElement item) => new(Text(item, "code") ?? HostCodes.ReleaseRefused, Text(item, "name") ?? "", Text(item, "expected"), Text(item, "actual"));

    // The broker's words go to a terminal: one line of printable characters.
    static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        ? new string([.. value.GetString()!.Where(c => !char.IsControl(c)).Take(MaxText)])
        : null;
}
