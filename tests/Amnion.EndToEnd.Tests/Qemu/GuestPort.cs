using System.Net.Sockets;
using System.Text;

namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>Asks from outside whether a port inside a machine takes connections, over the sockets of its vsock back end.</summary>
static class GuestPort
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<bool> IsOpenAsync(string path, uint port, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"CONNECT {port}\n"), cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        var answer = new byte[3];
        try
        {
            return await socket.ReceiveAsync(answer, SocketFlags.None, limit.Token) == 3 && answer.AsSpan().SequenceEqual("OK "u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
