namespace Amnion.Guard.Pii.Scanning;

/// <summary>Country codes of ITU-T E.164 and the most digits of a number behind them.</summary>
static class CountryCodes
{
    // Codes of one and two digits; every other number begins with a three-digit code.
    static ReadOnlySpan<byte> Two => [20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98];

    /// <summary>Reads the code at the beginning of a number.</summary>
    public static bool TryRead(ReadOnlySpan<char> digits, out int length, out int most)
    {
        (length, most) = (0, 0);
        if (digits.Length < 4 || digits[0] == '0')
        {
            return false;
        }

        // "+41 (0)69 …" keeps the trunk prefix that a caller from abroad leaves out.
        var trunk = digits[1] == '0' || digits[2] == '0' || digits[3] == '0' ? 1 : 0;
        if (digits[0] is '1' or '7')
        {
            (length, most) = (1, 10);
            return true;
        }

        var two = ((digits[0] - '0') * 10) + digits[1] - '0';
        if (Two.Contains((byte)two))
        {
            (length, most) = (2, two switch { 33 or 32 or 48 or 34 or 31 or 41 or 61 or 45 or 47 or 27 or 93 or 94 or 51 => two is 61 or 31 ? 10 : 9, 44 or 91 or 90 or 92 or 63 or 20 or 98 or 57 or 58 => two is 63 ? 11 : 10, 65 => 11, _ => 12 });
            most += digits[2] == '0' ? trunk : 0;
            return true;
        }

        var three = (two * 10) + digits[2] - '0';
        (length, most) = (3, 12);
        return three is (>= 210 and <= 269) or (>= 290 and <= 299) or (>= 350 and <= 389) or (>= 420 and <= 423) or (>= 500 and <= 509) or (>= 590 and <= 599) or (>= 670 and <= 692) or 800 or 808 or 850 or 852 or 853 or 855 or 856 or 870 or 878 or (>= 880 and <= 888) or (>= 960 and <= 979) or (>= 992 and <= 998);
    }
}
