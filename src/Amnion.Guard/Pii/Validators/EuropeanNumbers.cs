namespace Amnion.Guard.Pii.Validators;

/// <summary>Numbers of western and southern Europe; Germany's and the north's have their own classes.</summary>
static class EuropeanNumbers
{
    const string SpanishLetters = "TRWAGMYFPDXBNJZSQVHLCKE";

    static ReadOnlySpan<sbyte> BsnWeights => [9, 8, 7, 6, 5, 4, 3, 2, -1];

    static ReadOnlySpan<sbyte> PortugueseWeights => [9, 8, 7, 6, 5, 4, 3, 2];

    static ReadOnlySpan<sbyte> NhsWeights => [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

    static ReadOnlySpan<byte> FiscalOddValues => [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

    /// <summary>An NHS number: modulo 11 (NHS Data Dictionary).</summary>
    public static bool Nhs(ReadOnlySpan<char> digits) => !CheckDigits.AllSame(digits) && CheckDigits.Weighted(digits, NhsWeights) % 11 == 0;

    /// <summary>A UK National Insurance number: HMRC NIM39110 on prefixes, suffix A to D.</summary>
    public static bool Nino(ReadOnlySpan<char> value) =>
        value[0] is not ('D' or 'F' or 'I' or 'Q' or 'U' or 'V') && value[1] is not ('D' or 'F' or 'I' or 'O' or 'Q' or 'U' or 'V') && value[8] is >= 'A' and <= 'D' &&
        value[..2] is not ("BG" or "GB" or "KN" or "NK" or "NT" or "TN" or "ZZ");

    /// <summary>A UK driving licence's 16 characters: surname padded with 9, birth date in five digits, initials, check.</summary>
    public static bool DrivingLicence(ReadOnlySpan<char> value)
    {
        var padding = value[..5].IndexOf('9');
        var name = padding < 0 ? value[..5] : value[..padding];
        var month = (int)CheckDigits.Number(value[6..8]);
        var day = (int)CheckDigits.Number(value[8..10]);
        return name.Length > 0 && name.IndexOfAnyExceptInRange('A', 'Z') < 0 && (padding < 0 || value[padding..5].IndexOfAnyExcept('9') < 0) &&
            month is (>= 1 and <= 12) or (>= 51 and <= 62) && day is >= 1 and <= 31;
    }

    /// <summary>A Dutch citizen number: the eleven test with -1 for the last digit.</summary>
    public static bool Bsn(ReadOnlySpan<char> digits) => !CheckDigits.AllSame(digits) && CheckDigits.Weighted(digits, BsnWeights) is var sum && sum % 11 == 0 && sum != 0;

    /// <summary>A French NIR of 15 characters: sex, year, month, place, order and the key 97 - n mod 97; Corsica's 2A and 2B count as 19 and 18 (INSEE).</summary>
    public static bool Nir(ReadOnlySpan<char> value)
    {
        Span<char> digits = stackalloc char[15];
        value.CopyTo(digits);
        if (value[6] is 'A' or 'B' && value[5] == '2')
        {
            digits[5] = '1';
            digits[6] = value[6] == 'A' ? '9' : '8';
        }

        var month = CheckDigits.Number(digits[3..5]);
        return digits.IndexOfAnyExceptInRange('0', '9') < 0 && digits[0] is '1' or '2' or '3' or '4' or '7' or '8' && month is (>= 1 and <= 12) or (>= 20 and <= 42) or >= 50 &&
            97 - (CheckDigits.Number(digits[..13]) % 97) == CheckDigits.Number(digits[13..]);
    }

    /// <summary>A Belgian national number: 97 - n mod 97, with a 2 before it for those born since 2000.</summary>
    public static bool Belgian(ReadOnlySpan<char> digits)
    {
        var check = CheckDigits.Number(digits[9..]);
        var number = CheckDigits.Number(digits[..9]);
        return CheckDigits.Number(digits[2..4]) <= 12 && CheckDigits.Number(digits[4..6]) <= 31 && (97 - (number % 97) == check || 97 - ((2_000_000_000 + number) % 97) == check);
    }

    /// <summary>A Spanish DNI or NIF: seven or eight digits and the letter modulo 23.</summary>
    public static bool Nif(ReadOnlySpan<char> value) => SpanishLetters[(int)(CheckDigits.Number(value[..^1]) % 23)] == value[^1];

    /// <summary>A Spanish foreigner's number: X, Y or Z for 0, 1 or 2 before seven digits and the letter modulo 23.</summary>
    public static bool Nie(ReadOnlySpan<char> value) => value[0] is 'X' or 'Y' or 'Z' && SpanishLetters[(int)((((value[0] - 'X') * 10_000_000L) + CheckDigits.Number(value[1..8])) % 23)] == value[8];

    /// <summary>A Portuguese tax number: modulo 11.</summary>
    public static bool PortugueseNif(ReadOnlySpan<char> digits)
    {
        var check = 11 - (CheckDigits.Weighted(digits, PortugueseWeights) % 11);
        return digits[0] is not ('0' or '4') && !CheckDigits.AllSame(digits) && (check >= 10 ? 0 : check) == digits[8] - '0';
    }

    /// <summary>An Italian fiscal code: its letters' and digits' places (digits may be replaced by letters LMNPQRSTUV) and the check character (DM 23/12/1976).</summary>
    public static bool FiscalCode(ReadOnlySpan<char> value)
    {
        var sum = 0;
        for (var i = 0; i < 15; i++)
        {
            var c = value[i];
            var number = i is 6 or 7 or 9 or 10 or 12 or 13 or 14;
            if (number ? !char.IsAsciiDigit(c) && !"LMNPQRSTUV".Contains(c) : !char.IsAsciiLetterUpper(c))
            {
                return false;
            }

            var index = char.IsAsciiDigit(c) ? c - '0' : c - 'A';
            sum += (i & 1) == 0 ? FiscalOddValues[index] : index;
        }

        return "ABCDEHLMPRST".Contains(value[8]) && value[15] == (char)('A' + (sum % 26));
    }

    /// <summary>An Italian VAT number: Luhn over eleven digits.</summary>
    public static bool ItalianVat(ReadOnlySpan<char> digits) => !CheckDigits.AllSame(digits) && CheckDigits.Luhn(digits);
}
