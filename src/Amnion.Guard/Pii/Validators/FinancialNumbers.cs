namespace Amnion.Guard.Pii.Validators;

/// <summary>Payment cards and bank numbers.</summary>
static class FinancialNumbers
{
    static ReadOnlySpan<sbyte> RoutingWeights => [3, 7, 1, 3, 7, 1, 3, 7, 1];

    /// <summary>A payment card: an issuer's prefix with a length it issues (ISO/IEC 7812-1, the card schemes' published ranges) and the Luhn digit.</summary>
    public static bool Card(ReadOnlySpan<char> digits) => Issued((int)CheckDigits.Number(digits[..6]), digits.Length) && !CheckDigits.AllSame(digits) && CheckDigits.Luhn(digits);

    /// <summary>A US routing number: the Federal Reserve's prefixes and weights 3-7-1 (ABA Routing Number Policy).</summary>
    public static bool Routing(ReadOnlySpan<char> digits)
    {
        var prefix = (int)CheckDigits.Number(digits[..2]);
        return prefix is <= 12 or (>= 21 and <= 32) or (>= 61 and <= 72) or 80 && !CheckDigits.AllSame(digits) && CheckDigits.Weighted(digits, RoutingWeights) % 10 == 0;
    }

    /// <summary>A legal entity identifier, ISO 17442: 18 characters and two ISO 7064 MOD 97-10 digits.</summary>
    public static bool Lei(ReadOnlySpan<char> value) => char.IsAsciiDigit(value[18]) && char.IsAsciiDigit(value[19]) && value[..18].ContainsAnyInRange('0', '9') && CheckDigits.Mod97(value) == 1;

    /// <summary>A BIC, ISO 9362: the fifth and sixth letters are a country.</summary>
    public static bool Bic(ReadOnlySpan<char> value) => IbanCheck.LengthOf(value[4], value[5]) > 0 || value[4..6] is "US" or "CA" or "JP" or "CN" or "HK" or "SG" or "AU" or "IN" or "KR" or "ZA" or "MX" or "NZ" or "TH" or "MY" or "PH";

    static bool Issued(int bin, int length) => (bin / 100_000) switch
    {
        1 => length == 15,
        2 => (bin / 100 is >= 2221 and <= 2720 && length == 16) || (bin / 100 is >= 2200 and <= 2204 && length is >= 16 and <= 19) || (bin / 100 is 2014 or 2149 && length == 15),
        3 => Travel(bin, length),
        4 => length is 13 or 16 or 19,
        5 => (bin / 10_000 is >= 51 and <= 55 && length == 16) || (bin / 10_000 is 50 or (>= 56 and <= 58) && length is >= 12 and <= 19),
        6 => length is >= 16 and <= 19 || (bin / 10_000 is 63 or 67 && length is >= 12 and <= 19),
        8 => bin / 10_000 == 81 && length is >= 16 and <= 19,
        9 => bin / 100 is >= 9792 and <= 9792 && length == 16,
        _ => false,
    };

    static bool Travel(int bin, int length) => (bin / 10_000) switch
    {
        34 or 37 => length == 15,
        35 => bin / 100 is >= 3528 and <= 3589 && length is >= 16 and <= 19,
        36 => length is >= 14 and <= 19,
        38 or 39 => length is >= 14 and <= 19,
        30 => bin / 1000 is (>= 300 and <= 305) or 309 && length is >= 14 and <= 19,
        _ => false,
    };
}
