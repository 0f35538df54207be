namespace Amnion.Host;

/// <summary>Ciphertext in a file of this machine.</summary>
/// <param name="location">The sealed file.</param>
public sealed class FileWeights(string location) : IWeightsSource
{
    /// <inheritdoc/>
    public string Description => location;

    /// <inheritdoc/>
    public ValueTask<Stream> OpenAsync(long length, CancellationToken cancellation)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(location, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException(HostCodes.WeightsUnreadable, $"The sealed file \"{location}\" cannot be opened: {e.Message}", e);
        }

        if (stream.Length == length)
        {
            return new(stream);
        }

        var has = stream.Length;
        stream.Dispose();
        throw new WeightsException(HostCodes.WeightsLength, $"The sealed file \"{location}\" has {has} bytes; the manifest expects {length}.");
    }
}
