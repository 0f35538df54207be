namespace Amnion.Guard.Pii.Validators;

/// <summary>Numbers of the United States, Canada and Brazil.</summary>
static class AmericanNumbers
{
    static ReadOnlySpan<sbyte> CnpjWeights => [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

    /// <summary>A Social Security number's structure (SSA POMS RM 10201.035): no area 000, 666 or 9xx, no group 00, no serial 0000; not the numbers known from advertisements and samples.</summary>
    public static bool Ssn(ReadOnlySpan<char> digits)
    {
        var area = CheckDigits.Number(digits[..3]);
        return area is not (0 or 666) && area < 900 && digits[3..5] is not "00" && digits[5..] is not "0000" && !CheckDigits.AllSame(digits) && digits is not ("078051120" or "219099999" or "123456789" or "987654321");
    }

    /// <summary>A taxpayer number of the IRS: 9xx with the fourth and fifth digit in 50-65, 70-88, 90-92 or 94-99.</summary>
    public static bool Itin(ReadOnlySpan<char> digits) => digits[0] == '9' && CheckDigits.Number(digits[3..5]) is (>= 50 and <= 65) or (>= 70 and <= 88) or (>= 90 and <= 92) or (>= 94 and <= 99);

    /// <summary>An employer number: the prefixes the IRS assigns.</summary>
    public static bool Ein(ReadOnlySpan<char> digits) => CheckDigits.Number(digits[..2]) is not (0 or 7 or 8 or 9 or 17 or 18 or 19 or 28 or 29 or 49 or 69 or 70 or 78 or 79 or 89 or 96 or 97) && !CheckDigits.AllSame(digits);

    /// <summary>A National Provider Identifier: 1 or 2, nine digits, and Luhn over it with 80840 before it (45 CFR 162.406).</summary>
    public static bool Npi(ReadOnlySpan<char> digits) => digits[0] is '1' or '2' && !CheckDigits.AllSame(digits[..9]) && (CheckDigits.LuhnSum(digits) + 24) % 10 == 0;

    /// <summary>A registration of the DEA: two letters (or a letter and 9), six digits and their check.</summary>
    public static bool Dea(ReadOnlySpan<char> value)
    {
        var d = value[^7..];
        var sum = d[0] - '0' + (d[2] - '0') + (d[4] - '0') + (2 * (d[1] - '0' + (d[3] - '0') + (d[5] - '0')));
        return value[0] is not ('I' or 'N' or 'O' or 'Q' or 'V' or 'W' or 'Y' or 'Z') && sum % 10 == d[6] - '0';
    }

    /// <summary>A Medicare Beneficiary Identifier (CMS): 11 places of fixed kind, letters without B, I, L, O, S and Z.</summary>
    public static bool Mbi(ReadOnlySpan<char> value)
    {
        const string Kinds = "9AXnAXnAAnn";
        for (var i = 0; i < Kinds.Length; i++)
        {
            var c = value[i];
            var letter = char.IsAsciiLetterUpper(c) && c is not ('B' or 'I' or 'L' or 'O' or 'S' or 'Z');
            if (!(Kinds[i] switch { '9' => c is >= '1' and <= '9', 'n' => char.IsAsciiDigit(c), 'A' => letter, _ => letter || char.IsAsciiDigit(c) }))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A Canadian Social Insurance Number: Luhn; 0 and 8 are not issued first.</summary>
    public static bool Sin(ReadOnlySpan<char> digits) => digits[0] is not ('0' or '8') && !CheckDigits.AllSame(digits) && CheckDigits.Luhn(digits);

    /// <summary>A Brazilian CPF: two check digits modulo 11 (Receita Federal).</summary>
    public static bool Cpf(ReadOnlySpan<char> digits)
    {
        if (CheckDigits.AllSame(digits))
        {
            return false;
        }

        int first = 0, second = 0;
        for (var i = 0; i < 10; i++)
        {
            first += i < 9 ? (digits[i] - '0') * (10 - i) : 0;
            second += (digits[i] - '0') * (11 - i);
        }

        return first * 10 % 11 % 10 == digits[9] - '0' && second * 10 % 11 % 10 == digits[10] - '0';
    }

    /// <summary>A Brazilian CNPJ: two check digits modulo 11.</summary>
    public static bool Cnpj(ReadOnlySpan<char> digits)
    {
        var first = CheckDigits.Weighted(digits, CnpjWeights[1..]) % 11;
        var second = CheckDigits.Weighted(digits, CnpjWeights) % 11;
        return !CheckDigits.AllSame(digits) && (first < 2 ? 0 : 11 - first) == digits[12] - '0' && (second < 2 ? 0 : 11 - second) == digits[13] - '0';
    }
}
