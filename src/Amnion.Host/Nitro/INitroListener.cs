namespace Amnion.Host.Nitro;

/// <summary>A vsock port that is listened on.</summary>
interface INitroListener : IDisposable
{
    /// <summary>The next connection and whose it is: the peer's context identifier, which the hypervisor vouches for.</summary>
    /// <exception cref="IOException">It cannot be accepted.</exception>
    ValueTask<(Stream Stream, uint Cid)> AcceptAsync(CancellationToken cancellation);
}
