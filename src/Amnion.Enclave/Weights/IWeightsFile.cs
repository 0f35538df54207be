namespace Amnion.Enclave.Weights;

/// <summary>Where the plaintext of one file of a model goes while it is opened. Closing it leaves in place what the engine needs.</summary>
interface IWeightsFile : IDisposable
{
    /// <summary>Writes bytes; several threads may write different parts at once, none after <see cref="Seal"/>.</summary>
    /// <exception cref="IOException">No memory is left.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads what was written, before <see cref="Seal"/>.</summary>
    void Read(long offset, Span<byte> bytes);

    /// <summary>The content is right: from here on it does not change.</summary>
    void Seal();

    /// <summary>Zeroes what was written, as far as it is not sealed, and drops the file.</summary>
    void Erase();
}
