using System.Globalization;
using System.Text.Unicode;

namespace Amnion.Attestation.Cbor;

/// <summary>
/// Strict reader of CBOR (RFC 8949): every head in its shortest form (§4.2.1), every length within the input before
/// anything is allocated, indefinite lengths only where the caller allows them. The BCL's reader has no mode that takes
/// indefinite maps, as AWS has sent since 2025, and refuses long heads.
/// </summary>
ref struct CborInput
{
    const int Indefinite = 31;

    readonly ReadOnlySpan<byte> _data;
    readonly int _origin;
    int _position;

    /// <param name="data">The items.</param>
    /// <param name="origin">Where <paramref name="data"/> starts in the whole document, for offsets in messages.</param>
    public CborInput(ReadOnlySpan<byte> data, int origin = 0)
    {
        _data = data;
        _origin = origin;
    }

    public readonly bool AtEnd => _position == _data.Length;

    /// <summary>Position within the given data.</summary>
    public readonly int Position => _position;

    /// <summary>Position within the whole document.</summary>
    public readonly int Offset => _origin + _position;

    /// <summary>Major type 0 to 7 of the next item.</summary>
    public readonly int PeekMajor() => _position < _data.Length ? _data[_position] >> 5 : throw Refuse("the input ends early");

    public ulong ReadUnsigned()
    {
        var (value, next) = Head(0, "an unsigned integer");
        _position = next;
        return value;
    }

    /// <summary>An integer of either sign within 64 bits signed.</summary>
    public long ReadInteger()
    {
        var major = PeekMajor();
        var (value, next) = Head(major == 1 ? 1 : 0, "an integer");
        if (value > long.MaxValue)
        {
            throw Refuse("the integer exceeds 64 bits signed");
        }

        _position = next;
        return major == 1 ? -1 - (long)value : (long)value;
    }

    public ReadOnlySpan<byte> ReadBytes(int min, int max) => ReadString(2, "a byte string", min, max);

    /// <summary>Valid UTF-8, as its bytes.</summary>
    public ReadOnlySpan<byte> ReadText(int min, int max)
    {
        var start = _position;
        var text = ReadString(3, "a text string", min, max);
        if (!Utf8.IsValid(text))
        {
            _position = start;
            throw Refuse("the text string is not valid UTF-8");
        }

        return text;
    }

    /// <summary>Consumes null where it is next.</summary>
    public bool TryReadNull() => TryReadSimple(0xf6);

    public bool ReadBoolean() => TryReadSimple(0xf5) || (TryReadSimple(0xf4) ? false : throw Refuse("expected true or false"));

    public CborItems BeginArray(int limit, bool allowIndefinite) => Begin(4, "an array", limit, allowIndefinite);

    public CborItems BeginMap(int limit, bool allowIndefinite) => Begin(5, "a map", limit, allowIndefinite);

    /// <summary>True where another item (or pair) follows; consumes the break of an indefinite length.</summary>
    public bool Next(ref CborItems items)
    {
        if (items.Remaining < 0 ? TryReadSimple(0xff) : items.Remaining == 0)
        {
            return false;
        }

        if (items.Count == items.Limit)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"more than {items.Limit} items"));
        }

        items.Count++;
        items.Remaining = items.Remaining < 0 ? items.Remaining : items.Remaining - 1;
        return true;
    }

    /// <summary>Consumes the tag where it is next.</summary>
    public bool TryReadTag(ulong tag)
    {
        if (PeekMajor() != 6)
        {
            return false;
        }

        var (value, next) = Head(6, "a tag");
        if (value != tag)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"tag {value}; only tag {tag} may stand here"));
        }

        _position = next;
        return true;
    }

    /// <summary>Steps over one well-formed item of any kind, nested at most <paramref name="depth"/> deep, and returns its bytes.</summary>
    public ReadOnlySpan<byte> Skip(int depth)
    {
        var start = _position;
        try
        {
            SkipItem(depth);
        }
        catch (CborFormatException)
        {
            _position = start;
            throw;
        }

        return _data[start.._position];
    }

    public readonly void ExpectEnd()
    {
        if (!AtEnd)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{_data.Length - _position} bytes follow the last item"));
        }
    }

    public readonly CborFormatException Refuse(string problem) => new(problem, Offset);

    void SkipItem(int depth)
    {
        if (depth == 0)
        {
            throw Refuse("nested too deep");
        }

        var major = PeekMajor();
        var indefinite = (_data[_position] & 31) == Indefinite;
        if (indefinite)
        {
            SkipIndefinite(major, depth);
            return;
        }

        var (value, next) = Head(major, "an item");
        switch (major)
        {
            case 2 or 3:
                _ = ReadString(major, "a string", 0, int.MaxValue);
                return;
            case 4 or 5 or 6:
                _position = next;
                // However large the declared count, the loop ends with the input: each item takes at least one byte.
                for (ulong i = 0, items = major == 6 ? 1 : value; i < items; i++)
                {
                    SkipItem(depth - 1);
                    if (major == 5)
                    {
                        SkipItem(depth - 1);
                    }
                }

                return;
            default:
                _position = next;
                return;
        }
    }

    void SkipIndefinite(int major, int depth)
    {
        if (major is not (2 or 3 or 4 or 5))
        {
            throw Refuse("a break or an indefinite length where neither may stand");
        }

        _position++;
        while (!TryReadSimple(0xff))
        {
            if (major is 2 or 3)
            {
                // RFC 8949 §3.2.3: chunks are definite-length strings of the same major type.
                _ = ReadString(major, "a chunk of the same string type", 0, int.MaxValue);
                continue;
            }

            SkipItem(depth - 1);
            if (major == 5)
            {
                SkipItem(depth - 1);
            }
        }
    }

    CborItems Begin(int major, string what, int limit, bool allowIndefinite)
    {
        if (_position < _data.Length && _data[_position] == ((major << 5) | Indefinite))
        {
            if (!allowIndefinite)
            {
                throw Refuse($"{what} of indefinite length; expected a definite one");
            }

            _position++;
            return new CborItems { Remaining = -1, Limit = limit };
        }

        var (value, next) = Head(major, what);
        if (value > (ulong)limit)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{what} of {value} items; at most {limit} are accepted"));
        }

        _position = next;
        return new CborItems { Remaining = (int)value, Limit = limit };
    }

    ReadOnlySpan<byte> ReadString(int major, string what, int min, int max)
    {
        var (length, next) = Head(major, what);
        if (length > (ulong)(_data.Length - next))
        {
            throw Refuse($"{what} is longer than the input");
        }

        if (length < (ulong)min || length > (ulong)max)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{what} of {length} bytes; expected {min} to {max}"));
        }

        _position = next + (int)length;
        return _data[next.._position];
    }

    bool TryReadSimple(byte head)
    {
        if (_position == _data.Length)
        {
            throw Refuse("the input ends early");
        }

        if (_data[_position] != head)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>Decodes the head at the position without moving.</summary>
    readonly (ulong Value, int Next) Head(int major, string what)
    {
        if (PeekMajor() != major)
        {
            throw Refuse($"expected {what}");
        }

        var info = _data[_position] & 31;
        if (info < 24)
        {
            return ((ulong)info, _position + 1);
        }

        if (info > 27)
        {
            throw Refuse(info == Indefinite ? $"{what} of indefinite length; expected a definite one" : "a reserved additional information value");
        }

        var size = 1 << (info - 24);
        if (_data.Length - _position - 1 < size)
        {
            throw Refuse("the input ends early");
        }

        ulong value = 0;
        foreach (var octet in _data.Slice(_position + 1, size))
        {
            value = (value << 8) | octet;
        }

        // Major type 7 carries floats, for which every size has its own meaning; simple values below 32 have no second form (§3.3).
        var shortest = info switch
        {
            _ when major == 7 => size > 1 ? 0ul : 32ul,
            24 => 24ul,
            25 => 0x100ul,
            26 => 0x10000ul,
            _ => 0x100000000ul,
        };
        return value >= shortest ? (value, _position + 1 + size) : throw Refuse("not in its shortest form");
    }
}
