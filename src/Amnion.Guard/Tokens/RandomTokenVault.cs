using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Amnion.Guard.Fields;

namespace Amnion.Guard.Tokens;

/// <summary>
/// Random tokens for values that could be guessed, such as the last four digits of a number: nothing but this vault connects token and value. It lives in
/// memory, for one session, and forgets everything when it is disposed. The same value of the same field has one token while the vault lives.
/// </summary>
/// <remarks>Safe for several threads.</remarks>
public sealed class RandomTokenVault : IDisposable
{
    /// <summary>What every token begins with.</summary>
    public const string Prefix = "rnd1.";

    /// <summary>Longest value, in UTF-16 code units.</summary>
    public const int MaxValueLength = 4096;

    /// <summary>Values that a vault holds unless it is told otherwise; at the longest they take 128 MiB, commonly one.</summary>
    public const int DefaultCapacity = 16384;

    const int TokenLength = 16;

    readonly Lock _lock = new();
    readonly int _capacity;

    // Values are found by a keyed hash, so that the only plaintext is the one array that is zeroed in the end.
    readonly byte[] _key = GC.AllocateArray<byte>(32, pinned: true);
    readonly Dictionary<UInt128, string> _tokens = [];
    readonly Dictionary<string, (string Field, char[] Value)> _values = new(StringComparer.Ordinal);
    bool _disposed;

    /// <param name="capacity">Most values it holds.</param>
    public RandomTokenVault(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
        RandomNumberGenerator.Fill(_key);
    }

    /// <summary>How many values it holds.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _values.Count;
            }
        }
    }

    /// <summary>The token of a value.</summary>
    /// <param name="field">What kind of value it is; the same value of another field has another token.</param>
    /// <param name="value">At most <see cref="MaxValueLength"/> code units.</param>
    /// <exception cref="FieldException"><see cref="FieldCodes.VaultFull"/>, or <see cref="FieldCodes.UnfitToken"/>: too long.</exception>
    public string Create(string field, ReadOnlySpan<char> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        if (value.Length > MaxValueLength)
        {
            throw new FieldException(FieldCodes.UnfitToken, $"A value has {value.Length} characters; at most {MaxValueLength} are accepted.");
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var hash = Hash(field, value);
            if (_tokens.TryGetValue(hash, out var known))
            {
                return known;
            }

            if (_values.Count >= _capacity)
            {
                throw new FieldException(FieldCodes.VaultFull, $"The vault holds {_capacity} values; it takes no more.");
            }

            var token = TokenText.Write(Prefix, RandomNumberGenerator.GetBytes(TokenLength));
            _tokens.Add(hash, token);
            _values.Add(token, (field, value.ToArray()));
            return token;
        }
    }

    /// <summary>The value of a token of this vault. False for any other text and for another field.</summary>
    public bool TryOpen(string field, ReadOnlySpan<char> token, [NotNullWhen(true)] out string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var found = _values.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out var entry) && entry.Field == field;
            value = found ? new string(entry.Value) : null;
            return found;
        }
    }

    /// <summary>Zeroes every value.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var (_, value) in _values.Values)
            {
                Array.Clear(value);
            }

            _values.Clear();
            _tokens.Clear();
            CryptographicOperations.ZeroMemory(_key);
        }
    }

    UInt128 Hash(string field, ReadOnlySpan<char> value)
    {
        Span<byte> hash = stackalloc byte[32];
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        var name = Encoding.Unicode.GetBytes(field);
        mac.AppendData(BitConverter.GetBytes(name.Length));
        mac.AppendData(name);
        mac.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(value));
        mac.GetHashAndReset(hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
