using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// Secret bytes of fixed length. They live in one pinned array that the garbage collector never copies and that is
/// zeroed on disposal. There is no text form, no serialiser and no accessor without a named reason.
/// </summary>
/// <remarks>
/// There is no finalizer: one could run while a span from <see cref="Reveal"/> is still in use and would then zero a
/// working key. Whoever holds a secret disposes it. Reading is safe from several threads; disposal is the owner's.
/// </remarks>
[DebuggerDisplay("SecretBytes ({Length} bytes)")]
public sealed class SecretBytes : IDisposable
{
    /// <summary>Longest secret, in bytes. Keys are 16 to 64 bytes; the room is for wrapped documents.</summary>
    public const int MaxLength = 1 << 20;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    readonly byte[] _bytes;
    volatile bool _disposed;

    SecretBytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        _bytes = GC.AllocateArray<byte>(length, pinned: true);
    }

    /// <summary>Length in bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>A copy of the given bytes. The caller zeroes its own.</summary>
    public static SecretBytes CopyOf(ReadOnlySpan<byte> bytes) => Create(bytes.Length, bytes, static (to, from) => from.CopyTo(to));

    /// <summary>Fresh bytes from the operating system's generator.</summary>
    public static SecretBytes Random(int length) => Create(length, 0, static (to, _) => RandomNumberGenerator.Fill(to));

    /// <summary>Lets <paramref name="fill"/> write the secret in place. If it throws, what it wrote is zeroed.</summary>
    public static SecretBytes Create<T>(int length, T state, SpanAction<byte, T> fill)
        where T : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(fill);
        var secret = new SecretBytes(length);
        var filled = false;
        try
        {
            fill(secret._bytes, state);
            filled = true;
            return secret;
        }
        finally
        {
            if (!filled)
            {
                secret.Dispose();
            }
        }
    }

    /// <summary>The bytes themselves, valid until disposal. Do not keep the span and do not copy it without zeroing.</summary>
    /// <param name="access">Why the bytes are needed; <see cref="SecretAccess.None"/> is refused.</param>
    public ReadOnlySpan<byte> Reveal(SecretAccess access)
    {
        if (access is <= SecretAccess.None or > SecretAccess.KeyAgreement)
        {
            throw new ArgumentOutOfRangeException(nameof(access), access, "Name the reason for reading a secret.");
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        return _bytes;
    }

    /// <summary>Zeroes the bytes. Safe to call again.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }

    /// <summary>The type's name only.</summary>
    public override string ToString() => nameof(SecretBytes);
}
