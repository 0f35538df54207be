using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// Remembers the encapsulated keys of the requests sealed to one key, for that key's whole life (RFC 9458 §6.5.1). It never
/// forgets: when it is full it says so, and the caller rotates the key and starts a new memory. Thread-safe.
/// </summary>
public sealed class ReplayMemory
{
    /// <summary>Default capacity: about 110 requests a second for a key life of ten minutes; a few MiB when full.</summary>
    public const int DefaultCapacity = 1 << 16;

    /// <summary>Largest capacity.</summary>
    public const int MaxCapacity = 1 << 24;

    readonly HashSet<Digest> _seen = [];
    readonly Lock _gate = new();

    /// <summary>Creates an empty memory for one key.</summary>
    /// <param name="capacity">How many requests it can remember, 1 to <see cref="MaxCapacity"/>.</param>
    public ReplayMemory(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxCapacity);
        Capacity = capacity;
    }

    /// <summary>How many requests it can remember.</summary>
    public int Capacity { get; }

    /// <summary>How many requests it remembers.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _seen.Count;
            }
        }
    }

    /// <summary>Looks the encapsulated key up and remembers it, in one step. Act on the request only after <see cref="ReplayOutcome.Added"/>.</summary>
    public ReplayOutcome Add(ReadOnlySpan<byte> enc)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(enc, hash);
        var digest = MemoryMarshal.Read<Digest>(hash);
        lock (_gate)
        {
            if (_seen.Contains(digest))
            {
                return ReplayOutcome.Replayed;
            }

            if (_seen.Count >= Capacity)
            {
                return ReplayOutcome.Full;
            }

            _seen.Add(digest);
            return ReplayOutcome.Added;
        }
    }

    readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
    {
        // HashCode is seeded per process: a sender cannot search for keys that fall into one bucket.
        public override int GetHashCode() => HashCode.Combine(A, B, C, D);
    }
}
