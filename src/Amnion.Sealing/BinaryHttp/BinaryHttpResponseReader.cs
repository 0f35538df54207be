using System.Diagnostics.CodeAnalysis;

namespace Amnion.Sealing;

/// <summary>
/// Reads a response as it arrives, of either framing (RFC 9292 §3). Push what an OHTTP chunk held, then read events until
/// there are none; after the authenticated end, call <see cref="Complete"/> and read the rest. Not thread-safe.
/// </summary>
/// <param name="maxContent">Longest content accepted in all, in bytes.</param>
public sealed class BinaryHttpResponseReader(long maxContent = BinaryHttpLimits.DefaultMaxContent)
{
    readonly BinaryHttpParser _parser = new(request: false, maxContent);

    /// <summary>Takes the next bytes, in pieces of any size.</summary>
    public void Push(ReadOnlySpan<byte> bytes) => _parser.Push(bytes);

    /// <summary>Says that the message ended. Call it only where the end is authenticated.</summary>
    public void Complete() => _parser.Complete();

    /// <summary>
    /// The next event; false where more bytes are needed, or after <see cref="BinaryHttpEvent.End"/>. After
    /// <see cref="Complete"/> the events end with that, or with an exception.
    /// </summary>
    /// <exception cref="BinaryHttpFormatException">Malformed, truncated, a request, or beyond a limit; every later call fails alike.</exception>
    public bool TryRead([NotNullWhen(true)] out BinaryHttpEvent? next)
    {
        next = _parser.Read();
        return next is not null;
    }
}
