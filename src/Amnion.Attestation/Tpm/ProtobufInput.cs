namespace Amnion.Attestation.Tpm;

/// <summary>
/// Strict reader of the protocol buffer wire format, as far as attestation messages use it: varints and length-delimited fields, shortest
/// varints only, no groups, nothing beyond the input.
/// </summary>
ref struct ProtobufInput
{
    readonly ReadOnlySpan<byte> _data;
    readonly int _origin;
    int _position;

    public ProtobufInput(ReadOnlySpan<byte> data, int origin)
    {
        _data = data;
        _origin = origin;
    }

    public readonly bool AtEnd => _position == _data.Length;

    /// <summary>Where the next byte stands in the whole message.</summary>
    public readonly int Offset => _origin + _position;

    /// <summary>Number and wire type of the next field.</summary>
    public (int Number, int WireType) ReadTag()
    {
        var tag = ReadVarint();
        return tag is >= 8 and <= (1UL << 32) - 1 ? ((int)(tag >> 3), (int)(tag & 7)) : throw Refuse("a field number of zero or beyond the format's range");
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (AtEnd)
            {
                throw Refuse("the input ends early");
            }

            var octet = _data[_position++];
            if ((octet == 0 && shift > 0) || (shift == 63 && octet > 1))
            {
                throw Refuse("a number that is not in its shortest form, or beyond 64 bits");
            }

            value |= (ulong)(octet & 0x7f) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }

        throw Refuse("a number beyond 64 bits");
    }

    public ReadOnlySpan<byte> ReadBytes(int max)
    {
        var length = ReadVarint();
        if (length > (ulong)max || length > (ulong)(_data.Length - _position))
        {
            throw Refuse("a field longer than the input or its limit");
        }

        var bytes = _data.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>Steps over a field that the caller does not use.</summary>
    public void Skip(int wireType)
    {
        switch (wireType)
        {
            case 0:
                _ = ReadVarint();
                break;
            case 2:
                _ = ReadBytes(int.MaxValue);
                break;
            default:
                throw Refuse("a wire type that no attestation message uses");
        }
    }

    public readonly TpmFormatException Refuse(string problem) => new(Offset, "attestation", problem);
}
