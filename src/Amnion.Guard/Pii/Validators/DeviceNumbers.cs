namespace Amnion.Guard.Pii.Validators;

/// <summary>Vehicles and handsets.</summary>
static class DeviceNumbers
{
    static ReadOnlySpan<byte> VinValues => [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];

    static ReadOnlySpan<byte> VinWeights => [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

    /// <summary>A vehicle identification number with its check digit (49 CFR 565.15, ISO 3779). Europe's makers need not set it: those need context.</summary>
    public static bool Vin(ReadOnlySpan<char> value)
    {
        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            var c = value[i];
            if (c is 'I' or 'O' or 'Q')
            {
                return false;
            }

            sum += (char.IsAsciiDigit(c) ? c - '0' : VinValues[c - 'A']) * VinWeights[i];
        }

        var check = sum % 11;
        return value[8] == (check == 10 ? 'X' : (char)('0' + check)) && value.ContainsAnyInRange('A', 'Z') && char.IsAsciiDigit(value[14]) && char.IsAsciiDigit(value[15]) && char.IsAsciiDigit(value[16]);
    }

    /// <summary>A handset's number: a reporting body's prefix (GSMA TS.06) and Luhn.</summary>
    public static bool Imei(ReadOnlySpan<char> digits) =>
        CheckDigits.Number(digits[..2]) is 1 or 10 or 30 or 33 or 35 or 44 or 45 or (>= 49 and <= 54) or 86 or 91 or 98 or 99 && !CheckDigits.AllSame(digits[2..]) && CheckDigits.Luhn(digits);
}
