using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Guard.Tokens;

/// <summary>
/// One tenant's key for tokens and fields: 32 bytes from which every other key comes by HKDF-SHA256 (RFC 5869), each under its own label and bound
/// to the tenant's name and the key's version. It lives in one pinned array that is zeroed on disposal; it has no text form and no way to read it.
/// </summary>
/// <remarks>There is no finalizer, for the reason SecretBytes in Amnion.Sealing gives. Reading is safe from several threads; disposal is the owner's.</remarks>
[DebuggerDisplay("TenantKey")]
public sealed class TenantKey : IDisposable
{
    /// <summary>Bytes of the key.</summary>
    public const int Length = 32;

    /// <summary>Longest name of a tenant, a field or a context, in UTF-8 bytes.</summary>
    public const int MaxNameLength = 1024;

    /// <summary>Most keys of one tenant.</summary>
    public const int MaxVersion = 1_000_000;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    readonly byte[] _key;
    volatile bool _disposed;

    /// <param name="key">32 bytes of a uniformly random key; the caller zeroes its own.</param>
    /// <param name="tenant">Whose key it is: 1 to <see cref="MaxNameLength"/> bytes of UTF-8.</param>
    /// <param name="version">Which of the tenant's keys it is, from 1 to <see cref="MaxVersion"/>.</param>
    /// <exception cref="ArgumentException">A length or the version is not accepted.</exception>
    public TenantKey(ReadOnlySpan<byte> key, string tenant, int version = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, MaxVersion);
        if (key.Length != Length)
        {
            throw new ArgumentException($"A tenant key is {Length} bytes; got {key.Length}.", nameof(key));
        }

        _ = Name(tenant);
        Tenant = tenant;
        Version = version;
        _key = GC.AllocateArray<byte>(Length, pinned: true);
        key.CopyTo(_key);
    }

    /// <summary>Whose key it is.</summary>
    public string Tenant { get; }

    /// <summary>Which of the tenant's keys it is.</summary>
    public int Version { get; }

    /// <summary>Zeroes the key. Safe to call again.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_key);
    }

    /// <summary>The type's name only.</summary>
    public override string ToString() => nameof(TenantKey);

    /// <summary>A key made of this one, for the purpose <paramref name="label"/> and what <paramref name="names"/> say.</summary>
    internal void Derive(string label, Span<byte> output, params ReadOnlySpan<string> names)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, output, [], Bind(label, names));
    }

    /// <summary>
    /// The label, the tenant, the key's version and the names as one byte string, each length first, so that no two lists give the same bytes.
    /// It is the information of a derived key, the tweak of a format-preserving token and the associated data of an encrypted field.
    /// </summary>
    internal byte[] Bind(string label, params ReadOnlySpan<string> names)
    {
        var parts = new byte[names.Length + 2][];
        parts[0] = Name(label);
        parts[1] = Name(Tenant);
        for (var i = 0; i < names.Length; i++)
        {
            parts[i + 2] = Name(names[i]);
        }

        var bound = new byte[4 + parts.Sum(part => 4 + part.Length)];
        BinaryPrimitives.WriteInt32BigEndian(bound, Version);
        var at = 4;
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(bound.AsSpan(at), part.Length);
            part.CopyTo(bound, at + 4);
            at += 4 + part.Length;
        }

        return bound;
    }

    // A lone surrogate has no UTF-8; replacing it would make two names one.
    static byte[] Name(string name)
    {
        byte[] bytes;
        try
        {
            bytes = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(name);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("A name is valid Unicode.", nameof(name));
        }

        return bytes.Length <= MaxNameLength ? bytes : throw new ArgumentException($"A name is at most {MaxNameLength} bytes of UTF-8; got {bytes.Length}.", nameof(name));
    }
}
