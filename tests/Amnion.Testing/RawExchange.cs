using System.Globalization;
using System.Text;

namespace Amnion.Testing;

/// <summary>One request as it came over the wire, and the stream its answer goes to.</summary>
public sealed record RawExchange(int Number, string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body, Stream Stream, CancellationToken Stop)
{
    /// <summary>The first byte asked for.</summary>
    public long Offset => Headers.TryGetValue("Range", out var range) ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;

    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    public ValueTask HeadAsync(string status, params string[] headers) =>
        Stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Connection: close\r\n\r\n"), Stop);

    public async Task AnswerAsync(string status, string body, params string[] headers)
    {
        await HeadAsync(status, [.. headers, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}"]);
        await Stream.WriteAsync(Encoding.UTF8.GetBytes(body), Stop);
    }

    /// <summary>The content from the byte asked for: 200, or 206 where a range was asked for.</summary>
    /// <param name="content">The whole object.</param>
    /// <param name="most">Bytes after which the connection breaks.</param>
    /// <param name="tag">The entity tag; empty for none.</param>
    public async Task ObjectAsync(byte[] content, int most = int.MaxValue, string tag = "\"v1\"")
    {
        var offset = (int)Offset;
        var part = content.AsMemory(offset);
        string[] headers = [$"Content-Length: {part.Length}", .. tag.Length > 0 ? (string[])[$"ETag: {tag}"] : [], .. offset > 0 ? (string[])[$"Content-Range: bytes {offset}-{content.Length - 1}/{content.Length}"] : []];
        await HeadAsync(offset > 0 ? "206 Partial Content" : "200 OK", headers);
        await Stream.WriteAsync(part[..Math.Min(part.Length, most)], Stop);
    }
}
