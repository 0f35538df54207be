namespace Amnion.Sealing;

/// <summary>The sending side of an HPKE context (RFC 9180 §5.2, §5.3). Messages are numbered from zero. Not thread-safe.</summary>
public sealed class HpkeSenderContext : IDisposable
{
    readonly HpkeKeySchedule _schedule;

    internal HpkeSenderContext(HpkeKeySchedule schedule) => _schedule = schedule;

    /// <summary>The suite the context was set up with.</summary>
    public HpkeSuite Suite => _schedule.Suite;

    /// <summary>Seals the next message. The result is 16 bytes longer than the plaintext.</summary>
    public byte[] Seal(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        var sealedMessage = new byte[checked(plaintext.Length + HpkeAlgorithms.TagLength)];
        Seal(associatedData, plaintext, sealedMessage);
        return sealedMessage;
    }

    /// <summary>Seals the next message into <paramref name="destination"/> and returns the bytes written, plaintext plus 16.</summary>
    public int Seal(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        var length = checked(plaintext.Length + HpkeAlgorithms.TagLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));
        _schedule.RequireCipher().Seal(associatedData, plaintext, destination[..length]);
        return length;
    }

    /// <summary>The numbered cipher itself, for the chunk formats; it shares the context's message counter.</summary>
    internal SequencedCipher Cipher => _schedule.RequireCipher();

    /// <summary>A secret both sides can derive and nobody else; 1 to 255 times the KDF's hash length.</summary>
    public SecretBytes Export(ReadOnlySpan<byte> exporterContext, int length) => _schedule.Export(exporterContext, length);

    /// <summary>Erases the context's keys.</summary>
    public void Dispose() => _schedule.Dispose();
}
