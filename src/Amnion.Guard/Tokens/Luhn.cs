namespace Amnion.Guard.Tokens;

/// <summary>Luhn's formula, ISO/IEC 7812-1 annex B.</summary>
static class Luhn
{
    /// <summary>The remainder that broken tokens have. Any but 0 would do.</summary>
    public const int Broken = 5;

    /// <summary>The weighted sum modulo ten; 0 passes.</summary>
    public static int Sum(ReadOnlySpan<ushort> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            sum += Weigh(digits, i, digits[i]);
        }

        return sum % 10;
    }

    /// <summary>Changes the digit at <paramref name="index"/> so that the sum becomes <paramref name="sum"/>. Exactly one digit does: doubling permutes the ten.</summary>
    public static void Set(Span<ushort> digits, int index, int sum)
    {
        digits[index] = 0;
        var missing = (sum - Sum(digits) + 10) % 10;
        while (Weigh(digits, index, digits[index]) != missing)
        {
            digits[index]++;
        }
    }

    static int Weigh(ReadOnlySpan<ushort> digits, int index, int digit)
    {
        if ((digits.Length - index) % 2 != 0)
        {
            return digit;
        }

        return digit > 4 ? (2 * digit) - 9 : 2 * digit;
    }
}
