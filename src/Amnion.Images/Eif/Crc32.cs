namespace Amnion.Images.Eif;

/// <summary>CRC-32/ISO-HDLC, the checksum of an EIF file (zlib's crc32). It finds damage, not intent.</summary>
struct Crc32
{
    const uint Polynomial = 0xEDB88320;

    static readonly uint[] s_table = Table();

    uint _state;

    public readonly uint Value => _state;

    public void Append(ReadOnlySpan<byte> data)
    {
        var state = ~_state;
        foreach (var octet in data)
        {
            state = s_table[(byte)(state ^ octet)] ^ (state >> 8);
        }

        _state = ~state;
    }

    static uint[] Table()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? Polynomial ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
