namespace Amnion.Sealing;

/// <summary>The receiving side of an HPKE context (RFC 9180 §5.2, §5.3). Messages open in order only. Not thread-safe.</summary>
public sealed class HpkeRecipientContext : IDisposable
{
    readonly HpkeKeySchedule _schedule;

    internal HpkeRecipientContext(HpkeKeySchedule schedule) => _schedule = schedule;

    /// <summary>The suite the context was set up with.</summary>
    public HpkeSuite Suite => _schedule.Suite;

    /// <summary>Opens the next message.</summary>
    /// <exception cref="SealedMessageException">It does not open; the message number stays where it was.</exception>
    public byte[] Open(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext)
    {
        var plaintext = new byte[Math.Max(0, ciphertext.Length - HpkeAlgorithms.TagLength)];
        return TryOpen(associatedData, ciphertext, plaintext, out _) ? plaintext : throw new SealedMessageException();
    }

    /// <summary>Opens the next message into <paramref name="destination"/> and returns the bytes written.</summary>
    /// <exception cref="SealedMessageException">It does not open; what would have been written is zeroed.</exception>
    public int Open(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> destination) =>
        TryOpen(associatedData, ciphertext, destination, out var written) ? written : throw new SealedMessageException();

    /// <summary>Opens the next message. False where it does not open; what would have been written is then zeroed.</summary>
    public bool TryOpen(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> destination, out int written)
    {
        written = 0;
        var cipher = _schedule.RequireCipher();
        var length = ciphertext.Length - HpkeAlgorithms.TagLength;
        if (length < 0)
        {
            return false;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));
        if (!cipher.TryOpen(associatedData, ciphertext, destination[..length]))
        {
            return false;
        }

        written = length;
        return true;
    }

    /// <summary>The numbered cipher itself, for the chunk formats; it shares the context's message counter.</summary>
    internal SequencedCipher Cipher => _schedule.RequireCipher();

    /// <summary>A secret both sides can derive and nobody else; 1 to 255 times the KDF's hash length.</summary>
    public SecretBytes Export(ReadOnlySpan<byte> exporterContext, int length) => _schedule.Export(exporterContext, length);

    /// <summary>Erases the context's keys.</summary>
    public void Dispose() => _schedule.Dispose();
}
