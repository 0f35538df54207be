using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>A session's values and their surrogates, inside the enclave. Bounded; its memory is wiped when disposed. Safe for several threads. A vault is one session's: never share it between callers.</summary>
public sealed class SessionVault : IDisposable
{
    /// <summary>The name under which texts are kept that only look like a surrogate.</summary>
    public const string LiteralName = "TEXT";

    /// <summary>The most values and the most UTF-16 code units of all of them, where nothing else is asked for.</summary>
    public const int DefaultMaxValues = 4096, DefaultMaxLength = 1 << 20;

    const int MaxNumber = 999_999;

    internal static readonly PiiType Literal = new(LiteralName, PiiCodes.ForeignSurrogate);

    readonly Lock _lock = new();
    readonly FrozenDictionary<string, PiiType> _types;
    readonly Dictionary<int, int> _byValue = [];
    readonly Dictionary<(PiiType Type, int Number), int> _bySurrogate = [];
    readonly Dictionary<PiiType, int> _numbers = [];
    readonly List<VaultEntry> _entries = [];
    readonly int _maxValues;
    readonly int _maxLength;
    char[] _values = GC.AllocateUninitializedArray<char>(1024, pinned: true);
    int _used;
    bool _disposed;

    /// <param name="types">The types whose values it may hold: the scanner's.</param>
    /// <param name="maxValues">The most values, 1 to 999,999.</param>
    /// <param name="maxLength">The most UTF-16 code units of all values together, up to 64 Mi.</param>
    public SessionVault(IEnumerable<PiiType> types, int maxValues = DefaultMaxValues, int maxLength = DefaultMaxLength)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentOutOfRangeException.ThrowIfNotEqual(maxValues is >= 1 and <= MaxNumber, true, nameof(maxValues));
        ArgumentOutOfRangeException.ThrowIfNotEqual(maxLength is >= 1 and <= 1 << 26, true, nameof(maxLength));
        _types = types.Append(Literal).Distinct().ToFrozenDictionary(type => type.Name, StringComparer.OrdinalIgnoreCase);
        (_maxValues, _maxLength) = (maxValues, maxLength);
    }

    /// <summary>How many values it holds.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Wipes and forgets all values; nothing is restored afterwards.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Wipe(_values);
            _values = [];
            _used = 0;
            _byValue.Clear();
            _bySurrogate.Clear();
            _entries.Clear();
        }
    }

    /// <summary>The surrogate of a value, a new one where it has none: "&lt;NAME_n&gt;". A value seen first as one type keeps that type's surrogate.</summary>
    /// <exception cref="VaultFullException">It has no room.</exception>
    internal string Surrogate(PiiType type, ReadOnlySpan<char> value)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var known = Find(value);
            if (known < 0)
            {
                known = Add(type, value);
            }

            var entry = _entries[known];
            return $"<{entry.Type.Name}_{entry.Number}>";
        }
    }

    /// <summary>Whether a name is one of its types', in any case.</summary>
    internal PiiType? TypeNamed(ReadOnlySpan<char> name) => _types.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var type) ? type : null;

    /// <summary>Appends the value of a surrogate, false where there is none.</summary>
    internal bool TryRestore(PiiType type, int number, System.Text.StringBuilder into)
    {
        lock (_lock)
        {
            if (_disposed || !_bySurrogate.TryGetValue((type, number), out var place))
            {
                return false;
            }

            into.Append(_values, _entries[place].Start, _entries[place].Length);
            return true;
        }
    }

    /// <summary>Calls for every value; the span is valid during the call only.</summary>
    internal void ForEach(VaultVisitor visit)
    {
        lock (_lock)
        {
            foreach (var entry in _entries)
            {
                visit(entry.Type, _values.AsSpan(entry.Start, entry.Length));
            }
        }
    }

    int Find(ReadOnlySpan<char> value)
    {
        var place = _byValue.GetValueOrDefault(string.GetHashCode(value), -1);
        while (place >= 0 && !value.SequenceEqual(_values.AsSpan(_entries[place].Start, _entries[place].Length)))
        {
            place = _entries[place].Next;
        }

        return place;
    }

    int Add(PiiType type, ReadOnlySpan<char> value)
    {
        if (_entries.Count >= _maxValues || value.Length > _maxLength - _used)
        {
            throw new VaultFullException();
        }

        if (_used + value.Length > _values.Length)
        {
            var larger = GC.AllocateUninitializedArray<char>(Math.Max(_values.Length * 2, _used + value.Length), pinned: true);
            _values.AsSpan(0, _used).CopyTo(larger);
            Wipe(_values);
            _values = larger;
        }

        value.CopyTo(_values.AsSpan(_used));
        var number = _numbers.GetValueOrDefault(type) + 1;
        _numbers[type] = number;
        var hash = string.GetHashCode(value);
        _entries.Add(new VaultEntry(type, number, _used, value.Length, _byValue.GetValueOrDefault(hash, -1)));
        _byValue[hash] = _entries.Count - 1;
        _bySurrogate[(type, number)] = _entries.Count - 1;
        _used += value.Length;
        return _entries.Count - 1;
    }

    static void Wipe(char[] values) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(values.AsSpan()));
}
