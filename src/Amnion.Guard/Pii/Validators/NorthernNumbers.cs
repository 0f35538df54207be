namespace Amnion.Guard.Pii.Validators;

/// <summary>Numbers of northern and eastern Europe and of Turkey.</summary>
static class NorthernNumbers
{
    const string HetuCheck = "0123456789ABCDEFHJKLMNPRSTUVWXY";

    static ReadOnlySpan<sbyte> PeselWeights => [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];

    static ReadOnlySpan<sbyte> NorwegianFirst => [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];

    static ReadOnlySpan<sbyte> NorwegianSecond => [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

    static ReadOnlySpan<sbyte> RomanianWeights => [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9];

    /// <summary>A Polish PESEL: a birth date with the century in the month, and modulo 10 (Dz.U. 2010 nr 217 poz. 1427).</summary>
    public static bool Pesel(ReadOnlySpan<char> digits)
    {
        var month = (int)CheckDigits.Number(digits[2..4]);
        var century = (month / 20) switch { 0 => 1900, 1 => 2000, 2 => 2100, 3 => 2200, _ => 1800 };
        return CheckDigits.Date(century + (int)CheckDigits.Number(digits[..2]), month % 20, (int)CheckDigits.Number(digits[4..6])) && CheckDigits.Weighted(digits, PeselWeights) % 10 == 0;
    }

    /// <summary>A Finnish personal identity code: birth date, century sign, individual number, check modulo 31 (DVV).</summary>
    public static bool Hetu(ReadOnlySpan<char> value)
    {
        // The century sign is a letter or, where it was '-' or '+', has been dropped as a separator.
        var serial = value.Length == 11 ? value[7..] : value[6..];
        var century = value.Length == 11 ? value[6] switch { >= 'A' and <= 'F' => 2000, >= 'U' and <= 'Y' => 1900, _ => 0 } : 1900;
        if (century == 0 || serial[..3].IndexOfAnyExceptInRange('0', '9') >= 0 || CheckDigits.Number(serial[..3]) < 2)
        {
            return false;
        }

        var date = CheckDigits.Number(value[..6]);
        return CheckDigits.Date(century + (int)(date % 100), (int)(date / 100 % 100), (int)(date / 10_000)) && HetuCheck[(int)(((date * 1000) + CheckDigits.Number(serial[..3])) % 31)] == serial[3];
    }

    /// <summary>A Swedish personal number of ten or twelve digits: a birth date (day + 60 for coordination numbers) and Luhn (SKV 704).</summary>
    public static bool Personnummer(ReadOnlySpan<char> digits)
    {
        var ten = digits[^10..];
        var century = digits.Length == 12 ? (int)CheckDigits.Number(digits[..2]) : 20;
        var day = (int)CheckDigits.Number(ten[4..6]);
        return century is >= 18 and <= 20 && CheckDigits.Date((century * 100) + (int)CheckDigits.Number(ten[..2]), (int)CheckDigits.Number(ten[2..4]), day > 60 ? day - 60 : day) && CheckDigits.Luhn(ten);
    }

    /// <summary>A Swedish organisation's number: third digit at least 2, Luhn.</summary>
    public static bool Organisationsnummer(ReadOnlySpan<char> digits) => digits[2] >= '2' && CheckDigits.Luhn(digits[^10..]);

    /// <summary>A Norwegian birth number: a date (day + 40 for D-numbers) and two check digits modulo 11.</summary>
    public static bool Fodselsnummer(ReadOnlySpan<char> digits)
    {
        var day = (int)CheckDigits.Number(digits[..2]);
        return CheckDigits.Date(2000, (int)CheckDigits.Number(digits[2..4]), day > 40 ? day - 40 : day) && CheckDigits.Weighted(digits, NorwegianFirst) % 11 == 0 && CheckDigits.Weighted(digits, NorwegianSecond) % 11 == 0;
    }

    /// <summary>A Danish CPR number: a date; its check digit has not been kept since 2007.</summary>
    public static bool Cpr(ReadOnlySpan<char> digits) => CheckDigits.Date(2000, (int)CheckDigits.Number(digits[2..4]), (int)CheckDigits.Number(digits[..2]));

    /// <summary>A Romanian CNP: sex and century, a date, modulo 11.</summary>
    public static bool Cnp(ReadOnlySpan<char> digits)
    {
        var check = CheckDigits.Weighted(digits, RomanianWeights) % 11;
        return digits[0] != '0' && CheckDigits.Date(2000, (int)CheckDigits.Number(digits[3..5]), (int)CheckDigits.Number(digits[5..7])) && (check == 10 ? 1 : check) == digits[12] - '0';
    }

    /// <summary>A Turkish identity number: two check digits.</summary>
    public static bool TurkishId(ReadOnlySpan<char> digits)
    {
        int odd = 0, even = 0;
        for (var i = 0; i < 9; i++)
        {
            odd += (i & 1) == 0 ? digits[i] - '0' : 0;
            even += (i & 1) == 1 ? digits[i] - '0' : 0;
        }

        var tenth = ((((odd * 7) - even) % 10) + 10) % 10;
        return digits[0] != '0' && tenth == digits[9] - '0' && (odd + even + tenth) % 10 == digits[10] - '0';
    }

    /// <summary>A Turkish plate: a province from 01 to 81 first.</summary>
    public static bool TurkishPlate(ReadOnlySpan<char> value) => CheckDigits.Number(value[..2]) is >= 1 and <= 81;
}
