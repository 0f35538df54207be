namespace Amnion.Client;

/// <summary>Reads a body whose length the peer does not get to choose.</summary>
static class BoundedReading
{
    /// <summary>Everything until the end.</summary>
    /// <exception cref="InvalidDataException">More than <paramref name="limit"/> bytes.</exception>
    public static async Task<byte[]> ReadAllAsync(Stream stream, int limit, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(piece, cancellation).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + read > limit)
            {
                throw new InvalidDataException($"More than {limit} bytes.");
            }

            buffer.Write(piece, 0, read);
        }

        return buffer.ToArray();
    }
}
