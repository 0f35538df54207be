using System.Security.Cryptography;

namespace Amnion.Guard.Redaction;

/// <summary>A tenant's secret for <see cref="RedactionOperator.Hash"/>: 32 bytes, wiped when disposed.</summary>
public sealed class TenantPepper : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 32;

    readonly byte[] _key = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    bool _disposed;

    /// <param name="key">32 secret bytes; they are copied.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public TenantPepper(ReadOnlySpan<byte> key)
    {
        if (key.Length != Size)
        {
            throw new ArgumentException($"A pepper is {Size} bytes.", nameof(key));
        }

        key.CopyTo(_key);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_key);
    }

    internal void Mac(ReadOnlySpan<byte> data, Span<byte> mac)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        HMACSHA256.HashData(_key, data, mac);
    }
}
