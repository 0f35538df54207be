namespace Amnion.Guard.Output.Leaks;

/// <summary>The rolling hash of grams: a polynomial modulo 2^64, read through a finaliser. It needs no secrecy: every candidate is compared with the text itself.</summary>
static class GramHash
{
    const ulong Base = 0x9E3779B97F4A7C15;

    /// <summary>The inverse of the base modulo 2^64, by Newton's iteration.</summary>
    static readonly ulong s_inverse = Inverse(Base);

    /// <summary>base^length.</summary>
    public static ulong Power(int length)
    {
        var power = 1UL;
        for (var i = 0; i < length; i++)
        {
            power = unchecked(power * Base);
        }

        return power;
    }

    /// <summary>Moves the hash of a gram one symbol forward; <paramref name="power"/> is base^length.</summary>
    public static ulong Roll(ulong hash, byte leaves, byte enters, ulong power) => unchecked((hash * Base) + enters + 1 - ((leaves + 1UL) * power));

    /// <summary>Adds a symbol to an incomplete gram.</summary>
    public static ulong Add(ulong hash, byte enters) => unchecked((hash * Base) + enters + 1);

    /// <summary>The same for the hash of the gram read backwards; <paramref name="lower"/> is base^(length−1).</summary>
    public static ulong RollBackwards(ulong hash, byte leaves, byte enters, ulong lower) => unchecked(((hash - (leaves + 1UL)) * s_inverse) + ((enters + 1UL) * lower));

    /// <summary>Adds a symbol to an incomplete gram read backwards; <paramref name="power"/> is base^(symbols so far).</summary>
    public static ulong AddBackwards(ulong hash, byte enters, ulong power) => unchecked(hash + ((enters + 1UL) * power));

    /// <summary>Spreads the hash over all bits.</summary>
    public static ulong Finish(ulong hash)
    {
        unchecked
        {
            hash ^= hash >> 32;
            hash *= 0xD6E8FEB86659FD93;
            hash ^= hash >> 32;
            hash *= 0xD6E8FEB86659FD93;
            return hash ^ (hash >> 32);
        }
    }

    static ulong Inverse(ulong value)
    {
        var inverse = value;
        for (var i = 0; i < 6; i++)
        {
            inverse = unchecked(inverse * (2 - (value * inverse)));
        }

        return inverse;
    }
}
