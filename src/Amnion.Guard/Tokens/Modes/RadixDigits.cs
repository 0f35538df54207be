using System.Buffers.Binary;

namespace Amnion.Guard.Tokens.Modes;

/// <summary>
/// NUM_radix and STR_radix of SP 800-38G §4.5 in place, without big-number objects: numerals are taken several at once, as many as fit 32 bits, so
/// that a conversion allocates nothing and decimal strings cost a ninth of the steps.
/// </summary>
sealed class RadixDigits
{
    // radix^_group, at most 2^32: a limb times it plus a carry below it still fits 64 bits.
    readonly ulong _power = 1;
    readonly int _group;

    public RadixDigits(int radix)
    {
        Radix = radix;
        while (_power * (ulong)radix <= 1UL << 32)
        {
            _power *= (ulong)radix;
            _group++;
        }
    }

    public int Radix { get; }

    /// <summary>Bytes that hold every number of so many digits: ceil(ceil(count · log2(radix)) / 8), computed exactly.</summary>
    public int ByteLength(int count)
    {
        // The bits of radix^count - 1, the largest such number.
        var largest = new ushort[count];
        Array.Fill(largest, (ushort)(Radix - 1));
        var limbs = new uint[(count / 2) + 2];
        var used = ToLimbs(largest, limbs);
        return used == 0 ? 0 : ((used - 1) * 4) + (((32 - System.Numerics.BitOperations.LeadingZeroCount(limbs[used - 1])) + 7) / 8);
    }

    /// <summary>Writes the digits' number big-endian, filled up with zeros on the left.</summary>
    public void ToBytes(ReadOnlySpan<ushort> digits, Span<uint> limbs, Span<byte> bytes)
    {
        var used = ToLimbs(digits, limbs);
        bytes.Clear();
        for (var i = 0; i < bytes.Length && i / 4 < used; i++)
        {
            bytes[^(i + 1)] = (byte)(limbs[i / 4] >> (8 * (i % 4)));
        }
    }

    /// <summary>Adds a big-endian number (of a multiple of four bytes) to the digits, or subtracts it, modulo radix^digits.</summary>
    public void Add(Span<ushort> digits, ReadOnlySpan<byte> number, Span<uint> limbs, bool subtract)
    {
        var used = number.Length / 4;
        for (var i = 0; i < used; i++)
        {
            limbs[i] = BinaryPrimitives.ReadUInt32BigEndian(number[^((4 * i) + 4)..]);
        }

        ulong group = 0;
        var left = 0;
        var carry = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            if (left == 0)
            {
                group = Divide(limbs, ref used);
                left = _group;
            }

            var digit = (int)(group % (ulong)Radix) + carry;
            group /= (ulong)Radix;
            left--;
            var sum = subtract ? digits[i] - digit : digits[i] + digit;
            carry = sum < 0 || sum >= Radix ? 1 : 0;
            digits[i] = (ushort)(subtract ? sum + (carry * Radix) : sum - (carry * Radix));
        }
    }

    int ToLimbs(ReadOnlySpan<ushort> digits, Span<uint> limbs)
    {
        var used = 0;
        for (var i = 0; i < digits.Length;)
        {
            // The first group takes what the others leave over.
            var count = i == 0 && digits.Length % _group != 0 ? digits.Length % _group : _group;
            ulong group = 0;
            ulong power = 1;
            for (var end = i + count; i < end; i++)
            {
                group = (group * (ulong)Radix) + digits[i];
                power *= (ulong)Radix;
            }

            for (var limb = 0; limb < used; limb++)
            {
                var product = (limbs[limb] * power) + group;
                limbs[limb] = (uint)product;
                group = product >> 32;
            }

            if (group != 0)
            {
                limbs[used++] = (uint)group;
            }
        }

        return used;
    }

    // Divides in place by radix^_group and returns the remainder.
    ulong Divide(Span<uint> limbs, ref int used)
    {
        ulong remainder = 0;
        for (var i = used - 1; i >= 0; i--)
        {
            var part = (remainder << 32) | limbs[i];
            limbs[i] = (uint)(part / _power);
            remainder = part % _power;
        }

        while (used > 0 && limbs[used - 1] == 0)
        {
            used--;
        }

        return remainder;
    }
}
