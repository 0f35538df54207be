namespace Amnion.Guard.Pii.Validators;

/// <summary>Numbers of Asia, Africa and the Pacific.</summary>
static class AsianNumbers
{
    static ReadOnlySpan<sbyte> AbnWeights => [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];

    static ReadOnlySpan<sbyte> AcnWeights => [8, 7, 6, 5, 4, 3, 2, 1];

    static ReadOnlySpan<sbyte> TfnWeights => [1, 4, 3, 7, 5, 8, 6, 9, 10];

    static ReadOnlySpan<sbyte> MedicareWeights => [1, 3, 7, 9, 1, 3, 7, 9];

    static ReadOnlySpan<sbyte> BrnWeights => [1, 3, 7, 1, 3, 7, 1, 3];

    static ReadOnlySpan<sbyte> ThaiWeights => [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

    static ReadOnlySpan<sbyte> ChineseWeights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    static ReadOnlySpan<sbyte> IrdWeights => [3, 2, 7, 6, 5, 4, 3, 2];

    /// <summary>An Australian Business Number: modulo 89 after taking 1 from the first digit.</summary>
    public static bool Abn(ReadOnlySpan<char> digits) => digits[0] != '0' && (CheckDigits.Weighted(digits, AbnWeights) - 10) % 89 == 0;

    /// <summary>An Australian Company Number: modulo 10 complement.</summary>
    public static bool Acn(ReadOnlySpan<char> digits) => (10 - (CheckDigits.Weighted(digits, AcnWeights) % 10)) % 10 == digits[8] - '0';

    /// <summary>An Australian Tax File Number: modulo 11.</summary>
    public static bool Tfn(ReadOnlySpan<char> digits) => !CheckDigits.AllSame(digits) && CheckDigits.Weighted(digits, TfnWeights) % 11 == 0;

    /// <summary>An Australian Medicare number: 2 to 6 first, the ninth digit checks the eight before it.</summary>
    public static bool Medicare(ReadOnlySpan<char> digits) => digits[0] is >= '2' and <= '6' && CheckDigits.Weighted(digits, MedicareWeights) % 10 == digits[8] - '0';

    /// <summary>A New Zealand IRD number: modulo 11 with its first weights.</summary>
    public static bool Ird(ReadOnlySpan<char> digits)
    {
        var remainder = CheckDigits.Weighted(digits, IrdWeights) % 11;
        return (remainder == 0 ? 0 : 11 - remainder) == digits[8] - '0' && digits[0] is '0' or '1';
    }

    /// <summary>An Aadhaar number: 2 to 9 first, Verhoeff, no palindrome (UIDAI).</summary>
    public static bool Aadhaar(ReadOnlySpan<char> digits)
    {
        var palindrome = true;
        for (var i = 0; i < 6; i++)
        {
            palindrome &= digits[i] == digits[11 - i];
        }

        return digits[0] >= '2' && !palindrome && CheckDigits.Verhoeff(digits);
    }

    /// <summary>An Indian PAN: the fourth letter is the holder's kind.</summary>
    public static bool Pan(ReadOnlySpan<char> value) => "ABCFGHLJPTKE".Contains(value[3]);

    /// <summary>An Indian GSTIN: state 01 to 37, a PAN, entity, Z, check.</summary>
    public static bool Gstin(ReadOnlySpan<char> value) => CheckDigits.Number(value[..2]) is (>= 1 and <= 37) && value[12] != '0' && value[13] == 'Z';

    /// <summary>A Singapore NRIC or FIN: the letter's check where it is S, T, F, G or M.</summary>
    public static bool Nric(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<sbyte> weights = [2, 7, 6, 5, 4, 3, 2];
        var sum = CheckDigits.Weighted(value[1..8], weights) + value[0] switch { 'T' or 'G' => 4, 'M' => 3, _ => 0 };
        return value[0] switch
        {
            'S' or 'T' => "JZIHGFEDCBA"[sum % 11] == value[8],
            'F' or 'G' => "XWUTRQPNMLK"[sum % 11] == value[8],
            _ => "KLJNPQRTUWX"[10 - (sum % 11)] == value[8],
        };
    }

    /// <summary>The first letter alone.</summary>
    public static bool NricLetter(ReadOnlySpan<char> value) => value[0] is 'S' or 'T' or 'F' or 'G' or 'M';

    /// <summary>A Korean resident's number: a date and 1 to 4.</summary>
    public static bool Rrn(ReadOnlySpan<char> digits) => digits[6] is >= '1' and <= '4' && KoreanDate(digits);

    /// <summary>A Korean foreigner's number: a date and 5 to 8.</summary>
    public static bool Frn(ReadOnlySpan<char> digits) => digits[6] is >= '5' and <= '8' && KoreanDate(digits);

    /// <summary>A Korean business number: weights 1-3-7 and the tens of the ninth digit times 5.</summary>
    public static bool Brn(ReadOnlySpan<char> digits)
    {
        var ninth = (digits[8] - '0') * 5;
        return !CheckDigits.AllSame(digits) && (10 - ((CheckDigits.Weighted(digits, BrnWeights) + (ninth / 10) + (ninth % 10)) % 10)) % 10 == digits[9] - '0';
    }

    /// <summary>A Korean driving licence: a region from 11 to 28.</summary>
    public static bool KoreanLicence(ReadOnlySpan<char> digits) => CheckDigits.Number(digits[..2]) is >= 11 and <= 28;

    /// <summary>A Thai identity number: 1 to 8 first, then a province from 10 to 96, modulo 11.</summary>
    public static bool Thai(ReadOnlySpan<char> digits) => digits[0] is >= '1' and <= '8' && digits[1] != '0' && digits[1..3].CompareTo("96", StringComparison.Ordinal) <= 0 && !CheckDigits.AllSame(digits) && (11 - (CheckDigits.Weighted(digits, ThaiWeights) % 11)) % 10 == digits[12] - '0';

    /// <summary>A Chinese resident's number, GB 11643: a date and ISO 7064 MOD 11-2.</summary>
    public static bool Chinese(ReadOnlySpan<char> value) =>
        value[..17].IndexOfAnyExceptInRange('0', '9') < 0 && CheckDigits.Number(value[6..10]) is >= 1850 and <= 2150 && CheckDigits.Date((int)CheckDigits.Number(value[6..10]), (int)CheckDigits.Number(value[10..12]), (int)CheckDigits.Number(value[12..14])) &&
        "10X98765432"[CheckDigits.Weighted(value, ChineseWeights) % 11] == value[17];

    /// <summary>A South African identity number: a date, citizenship 0 to 2, Luhn.</summary>
    public static bool SouthAfrican(ReadOnlySpan<char> digits)
    {
        var year = (int)CheckDigits.Number(digits[..2]);
        var month = (int)CheckDigits.Number(digits[2..4]);
        var day = (int)CheckDigits.Number(digits[4..6]);
        return (CheckDigits.Date(1900 + year, month, day) || CheckDigits.Date(2000 + year, month, day)) && digits[10] <= '2' && digits[11] is '8' or '9' && CheckDigits.Luhn(digits);
    }

    /// <summary>A Nigerian identity number: Verhoeff.</summary>
    public static bool NigerianId(ReadOnlySpan<char> digits) => !CheckDigits.AllSame(digits) && CheckDigits.Verhoeff(digits);

    static bool KoreanDate(ReadOnlySpan<char> digits) => CheckDigits.Date((digits[6] is '3' or '4' or '7' or '8' ? 2000 : 1900) + (int)CheckDigits.Number(digits[..2]), (int)CheckDigits.Number(digits[2..4]), (int)CheckDigits.Number(digits[4..6]));
}
