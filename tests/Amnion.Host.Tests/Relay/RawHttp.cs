using System.Net.Sockets;
using System.Text;

namespace Amnion.Host.Tests.Relay;

/// <summary>One HTTP/1.1 exchange over a bare socket: .NET's client sends a whole request before it reads, which would hide buffering.</summary>
sealed class RawHttp : IDisposable
{
    readonly TcpClient _client = new();
    readonly NetworkStream _stream;

    public RawHttp(Uri server)
    {
        _client.Connect(server.Host, server.Port);
        _stream = _client.GetStream();
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Begins a chunked POST of a sealed request.</summary>
    public ValueTask BeginAsync() => SendAsync("POST /ohttp HTTP/1.1\r\nHost: relay\r\nContent-Type: message/ohttp-chunked-req\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());

    /// <summary>A POST that only declares its body's length.</summary>
    public ValueTask DeclareAsync(long length) => SendAsync(Encoding.ASCII.GetBytes($"POST /ohttp HTTP/1.1\r\nHost: relay\r\nContent-Type: message/ohttp-chunked-req\r\nContent-Length: {length}\r\n\r\n"));

    /// <summary>One chunk of the body; an empty one ends it.</summary>
    public ValueTask ChunkAsync(params byte[] data) => SendAsync([.. Encoding.ASCII.GetBytes($"{data.Length:x}\r\n"), .. data, .. "\r\n"u8]);

    /// <summary>Bytes as they are: the body of a request that declared its length.</summary>
    public ValueTask SendAsync(byte[] data) => _stream.WriteAsync(data);

    /// <summary>Reads until <paramref name="text"/> came; everything up to then. Null where the connection ended before.</summary>
    public async Task<string?> ReadUntilAsync(string text)
    {
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            int read;
            try
            {
                read = await _stream.ReadAsync(buffer);
            }
            catch (IOException)
            {
                read = 0;
            }

            if (read == 0)
            {
                return null;
            }

            seen.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return seen.ToString();
    }
}
