namespace Amnion.Guard.Pii.Validators;

/// <summary>Numbers of Germany, Austria and Switzerland.</summary>
static class GermanNumbers
{
    static ReadOnlySpan<sbyte> SocialWeights => [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];

    static ReadOnlySpan<sbyte> AustrianWeights => [3, 7, 9, 0, 5, 8, 4, 2, 1, 6];

    /// <summary>A tax identification number (§ 139b AO): ISO 7064 MOD 11,10 over eleven digits, none of the first ten more than three times.</summary>
    public static bool TaxIdChecked(ReadOnlySpan<char> digits) => digits[0] != '0' && MostRepeated(digits, out _) <= 3 && CheckDigits.Mod11And10(digits);

    /// <summary>The same with the rule on repetition: of the first ten digits one occurs twice or three times, and no other.</summary>
    public static bool TaxId(ReadOnlySpan<char> digits) => MostRepeated(digits, out var repeated) >= 2 && repeated == 1 && TaxIdChecked(digits);

    static int MostRepeated(ReadOnlySpan<char> digits, out int repeated)
    {
        Span<int> counts = stackalloc int[10];
        counts.Clear();
        (var most, repeated) = (0, 0);
        foreach (var digit in digits[..10])
        {
            most = Math.Max(most, ++counts[digit - '0']);
        }

        foreach (var count in counts)
        {
            repeated += count >= 2 ? 1 : 0;
        }

        return most;
    }

    /// <summary>The uniform federal scheme of tax numbers: 13 digits, the state's number first, a 0 in the fifth place or a district of the state.</summary>
    public static bool TaxNumber(ReadOnlySpan<char> digits) => CheckDigits.Number(digits[..2]) is >= 1 and <= 16;

    /// <summary>A VAT number: DE and nine digits with ISO 7064 MOD 11,10.</summary>
    public static bool Vat(ReadOnlySpan<char> value) => value.StartsWith("DE") && value[2] != '0' && CheckDigits.Mod11And10(value[2..]);

    /// <summary>A pension insurance number: area, birth date, letter, serial, check (Verordnung über die Vergabe der Versicherungsnummern).</summary>
    public static bool SocialSecurity(ReadOnlySpan<char> value)
    {
        var area = CheckDigits.Number(value[..2]);
        var day = (int)CheckDigits.Number(value[2..4]);
        var month = (int)CheckDigits.Number(value[4..6]);
        Span<char> digits = stackalloc char[13];
        value[..8].CopyTo(digits);
        var letter = value[8] - 'A' + 1;
        digits[8] = (char)('0' + (letter / 10));
        digits[9] = (char)('0' + (letter % 10));
        value[9..].CopyTo(digits[10..]);
        var sum = 0;
        for (var i = 0; i < 12; i++)
        {
            var product = (digits[i] - '0') * SocialWeights[i];
            sum += (product / 10) + (product % 10);
        }

        return area is not (0 or 1) && day is >= 1 and <= 81 && month is >= 1 and <= 12 && (day <= 31 || day >= 51) && sum % 10 == digits[12] - '0';
    }

    /// <summary>The constant part of an electronic health card's number: a letter and nine digits (§ 290 SGB V), the Luhn-like check of the scheme.</summary>
    public static bool HealthInsurance(ReadOnlySpan<char> value)
    {
        Span<char> digits = stackalloc char[10];
        var letter = value[0] - 'A' + 1;
        digits[0] = (char)('0' + (letter / 10));
        digits[1] = (char)('0' + (letter % 10));
        value[1..9].CopyTo(digits[2..]);
        var sum = 0;
        for (var i = 0; i < 10; i++)
        {
            var product = (digits[i] - '0') * ((i & 1) + 1);
            sum += (product / 10) + (product % 10);
        }

        return sum % 10 == value[9] - '0';
    }

    /// <summary>An identity card's or passport's number: letters without vowels and look-alikes, digits, and the check of ICAO Doc 9303 part 3 with weights 7-3-1.</summary>
    public static bool Document(ReadOnlySpan<char> value)
    {
        var sum = 0;
        for (var i = 0; i < 8; i++)
        {
            var c = value[i];
            if (char.IsAsciiLetter(c) && !"CFGHJKLMNPRTVWXYZ".Contains(c))
            {
                return false;
            }

            sum += (char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10) * ((i % 3) switch { 0 => 7, 1 => 3, _ => 1 });
        }

        return char.IsAsciiDigit(value[8]) && sum % 10 == value[8] - '0' && value[1..].ContainsAnyInRange('0', '9');
    }

    /// <summary>The first letters of passports: the old C-K ranges without the identity card's L-Z ones, and L for those printed by new authorities.</summary>
    public static bool Passport(ReadOnlySpan<char> value) => value[0] is 'C' or 'F' or 'G' or 'H' or 'J' or 'K' or 'L' && Document(value);

    /// <summary>An identity card since 1987: T and eight digits, or one of the letters that authorities have; the printed number's own check digit is not part of the short form.</summary>
    public static bool IdCard(ReadOnlySpan<char> value) => value[0] == 'T' ? value[1..].IndexOfAnyExceptInRange('0', '9') < 0 : Document(value);

    /// <summary>A doctor's number (§ 75 Abs. 7 SGB V): six digits, their check with weights 4 and 9, and the speciality's two digits.</summary>
    public static bool Lanr(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < 6; i++)
        {
            sum += (digits[i] - '0') * ((i & 1) == 0 ? 4 : 9);
        }

        return !digits[..6].SequenceEqual("000000") && (10 - (sum % 10)) % 10 == digits[6] - '0';
    }

    /// <summary>A practice's number: the first two digits are a regional association's.</summary>
    public static bool Bsnr(ReadOnlySpan<char> digits) => CheckDigits.Number(digits[..2]) is 1 or 2 or 3 or 6 or 7 or 8 or 17 or 20 or 21 or (>= 24 and <= 31) or (>= 35 and <= 40) or (>= 46 and <= 73) or 74 or 78 or 79 or 80 or 81 or 83 or 85 or 86 or 87 or 88 or 93 or 94 or 95 or 96 or 98 or 99 or 52 && !digits[2..].SequenceEqual("0000000");

    /// <summary>A register entry: HRA or HRB and a number.</summary>
    public static bool Handelsregister(ReadOnlySpan<char> value) => value.StartsWith("HRA") || value.StartsWith("HRB");

    /// <summary>A postcode between 01001 and 99998.</summary>
    public static bool Postcode(ReadOnlySpan<char> digits) => CheckDigits.Number(digits) is >= 1001 and <= 99998;

    /// <summary>An Austrian social insurance number: weights modulo 11 and a birth date.</summary>
    public static bool AustrianSocialSecurity(ReadOnlySpan<char> digits) =>
        digits[0] != '0' && CheckDigits.Number(digits[6..8]) is >= 1 and <= 15 && CheckDigits.Number(digits[4..6]) is >= 1 and <= 31 && CheckDigits.Weighted(digits, AustrianWeights) % 11 == digits[3] - '0';

    /// <summary>A Swiss AHV number: 756 and the EAN-13 check.</summary>
    public static bool Ahv(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < 13; i++)
        {
            sum += (digits[i] - '0') * ((i & 1) == 0 ? 1 : 3);
        }

        return digits.StartsWith("756") && sum % 10 == 0;
    }
}
