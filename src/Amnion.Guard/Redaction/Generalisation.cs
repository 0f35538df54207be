using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>Coarser forms of values, HIPAA's Safe Harbor (45 CFR 164.514(b)(2)(i)) where it names one.</summary>
static class Generalisation
{
    const int OldestAge = 89;

    // Three-digit ZIP areas of 20,000 people or fewer by the 2000 census, as the guidance of HHS of November 2012 lists them.
    static readonly string[] s_sparse = ["036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878", "879", "884", "890", "893"];

    /// <summary>The coarser form, null where there is none.</summary>
    public static string? Of(PiiType type, ReadOnlySpan<char> value) =>
        type == PiiTypes.Date || type == PiiTypes.DateOfBirth ? Year(value)
        : type == PiiTypes.ZipCode ? Zip(value)
        : type == PiiTypes.Age ? Age(value)
        : type == PiiTypes.IpAddress ? Network(value)
        : null;

    /// <summary>The first run of exactly four digits, where it is a year.</summary>
    static string? Year(ReadOnlySpan<char> value)
    {
        for (var i = 0; i < value.Length;)
        {
            var digits = 0;
            while (i + digits < value.Length && char.IsAsciiDigit(value[i + digits]))
            {
                digits++;
            }

            if (digits == 4 && value[i] is '1' or '2')
            {
                // Age over 89 hides behind the year of birth alike; policies that know today's date remove births before it.
                return value.Slice(i, 4).ToString();
            }

            i += Math.Max(digits, 1);
        }

        return null;
    }

    static string? Zip(ReadOnlySpan<char> value)
    {
        if (value.Length < 5 || value[..5].IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return null;
        }

        var area = value[..3].ToString();
        return s_sparse.Contains(area) ? "000**" : area + "**";
    }

    static string? Age(ReadOnlySpan<char> value)
    {
        var digits = value;
        var start = digits.IndexOfAnyInRange('0', '9');
        if (start < 0)
        {
            return null;
        }

        digits = digits[start..];
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        digits = end < 0 ? digits : digits[..end];
        return digits.Length <= 3 && int.Parse(digits) is var age && age > OldestAge ? string.Concat(value[..start], "90+", value[(start + digits.Length)..]) : digits.Length <= 3 ? value.ToString() : null;
    }

    static string? Network(ReadOnlySpan<char> value) => value.LastIndexOf('.') is var last && last > 0 && !value.Contains(':') ? string.Concat(value[..(last + 1)], "0/24") : null;
}
