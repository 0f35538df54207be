namespace Amnion.Host;

/// <summary>Where the ciphertext of one sealed file comes from. It is streamed: never whole in memory, never written to a disk.</summary>
public interface IWeightsSource
{
    /// <summary>What messages call it: an address without its query, which may hold signatures.</summary>
    string Description { get; }

    /// <summary>Opens it at its first byte. Reading throws <see cref="WeightsException"/> where it cannot go on; the end comes after exactly <paramref name="length"/> bytes.</summary>
    /// <param name="length">Bytes the file must have.</param>
    /// <param name="cancellation">Ends opening.</param>
    /// <exception cref="WeightsException">It cannot be opened, or has another length.</exception>
    ValueTask<Stream> OpenAsync(long length, CancellationToken cancellation);
}
