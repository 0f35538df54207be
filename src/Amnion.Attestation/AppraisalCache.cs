using System.Collections.Concurrent;

namespace Amnion.Attestation;

/// <summary>
/// Remembers what follows from bytes alone and so never changes: certificates, revocation lists, manufacturers' statements, event logs and register values as read,
/// keys as loaded, under which key a signature over them was verified, and what was found of a path of the very same certificates. Everything that does change (time,
/// revocation, anchors, the rest of a chain, policies) is checked again every time. What could not be read, and signatures that did not verify, are not remembered. Safe for concurrent use.
/// </summary>
public sealed class AppraisalCache
{
    /// <summary>Bytes kept unless the constructor says otherwise: the chains and collateral of some fifty platforms.</summary>
    public const int DefaultCapacity = 4 * 1024 * 1024;

    /// <summary>What objects and a loaded key take besides the source's bytes.</summary>
    const int Overhead = 2 * 1024;

    readonly ConcurrentDictionary<Slot, (ReadOnlyMemory<byte> Source, object Result)> _read = new();
    readonly Lock _adding = new();
    readonly int _capacity;
    long _bytes;

    /// <param name="capacity">
    /// Most bytes kept, 1 or more: of sources, and 2 KiB for each. What was read from them takes, by estimate, up to four times as much. What does not fit any
    /// more empties the cache, which starts again; a source that alone is longer is never kept.
    /// </param>
    public AppraisalCache(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>Entries now.</summary>
    public int Count => _read.Count;

    /// <summary>
    /// What <paramref name="read"/> made of the same bytes before, or makes of a copy of them now: a caller that changes its array later
    /// must not change what was remembered.
    /// </summary>
    /// <param name="cache">Null reads every time.</param>
    /// <param name="kind">What the bytes are read as; different readers of the same bytes have different kinds.</param>
    /// <param name="source">Everything that the result depends on.</param>
    /// <param name="read">Reads; what it throws is passed on and not remembered.</param>
    /// <param name="further">Bytes to count besides the source's, for results that take more than four times as much; null is none.</param>
    internal static T Read<T>(AppraisalCache? cache, string kind, ReadOnlyMemory<byte> source, Func<ReadOnlyMemory<byte>, T> read, Func<T, int>? further = null)
        where T : class
    {
        if (cache is null || source.Length > cache._capacity - Overhead)
        {
            return read(source);
        }

        var slot = Slot.Of(kind, source.Span);
        if (cache.Find(slot, source.Span) is var (_, known))
        {
            return (T)known;
        }

        ReadOnlyMemory<byte> copy = source.ToArray();
        var result = read(copy);
        var length = (long)source.Length + Overhead + (further?.Invoke(result) ?? 0);
        if (length <= cache._capacity)
        {
            cache.Add(slot, copy, result, length);
        }

        return result;
    }

    /// <summary>As <see cref="Read{T}"/>, for a source that is copied only where it was not remembered.</summary>
    /// <param name="cache">Null copies and reads every time.</param>
    /// <param name="kind">What the bytes are read as.</param>
    /// <param name="source">Everything that the result depends on.</param>
    /// <param name="state">What messages need and the result does not depend on, for example the source's offset in a whole.</param>
    /// <param name="read">Reads; what it throws is passed on and not remembered.</param>
    internal static T Read<T, TState>(AppraisalCache? cache, string kind, ReadOnlySpan<byte> source, TState state, Func<ReadOnlyMemory<byte>, TState, T> read)
        where T : class
    {
        if (cache is not null && cache.Find(Slot.Of(kind, source), source) is var (_, known))
        {
            return (T)known;
        }

        return Miss(cache, kind, source.ToArray(), state, read);
    }

    /// <summary>Apart, so that the closure is made only here.</summary>
    static T Miss<T, TState>(AppraisalCache? cache, string kind, ReadOnlyMemory<byte> source, TState state, Func<ReadOnlyMemory<byte>, TState, T> read)
        where T : class => Read(cache, kind, source, bytes => read(bytes, state));

    /// <summary>The cache's own copy of a source that was remembered, which never changes; otherwise a new copy.</summary>
    internal static ReadOnlyMemory<byte> Copy(AppraisalCache? cache, string kind, ReadOnlySpan<byte> source) =>
        cache is not null && cache.Find(Slot.Of(kind, source), source) is var (copy, _) ? copy : source.ToArray();

    /// <summary>Every byte is compared, so the slot need not be a digest of all of them: sources that share one only push each other out.</summary>
    (ReadOnlyMemory<byte> Source, object Result)? Find(Slot slot, ReadOnlySpan<byte> source) =>
        _read.TryGetValue(slot, out var known) && known.Source.Span.SequenceEqual(source) ? known : null;

    void Add(Slot slot, ReadOnlyMemory<byte> source, object result, long length)
    {
        lock (_adding)
        {
            _bytes += length;
            if (_bytes > _capacity)
            {
                _read.Clear();
                _bytes = length;
            }

            _read[slot] = (source, result);
        }
    }

    readonly record struct Slot(string Kind, int Length, int Hash)
    {
        const int Window = 64;

        /// <summary>From four windows, so that it costs the same for 1 KiB and 1 MiB. The hash is seeded anew in each process.</summary>
        public static Slot Of(string kind, ReadOnlySpan<byte> source)
        {
            var hash = default(HashCode);
            for (var i = 0; i < 4; i++)
            {
                var start = (int)((long)Math.Max(0, source.Length - Window) * i / 3);
                hash.AddBytes(source.Slice(start, Math.Min(Window, source.Length)));
            }

            return new Slot(kind, source.Length, hash.ToHashCode());
        }
    }
}
