using System.Globalization;
using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>Coarser forms of values, HIPAA's Safe Harbor (45 CFR 164.514(b)(2)(i)) where it names one.</summary>
static class Generalisation
{
    const int OldestAge = 89;

    // Three-digit ZIP areas of 20,000 people or fewer by the 2000 census, as the guidance of HHS of November 2012 lists them.
    static readonly string[] s_sparse = ["036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878", "879", "884", "890", "893"];

    // One category for whoever is older, 45 CFR 164.514(b)(2)(i)(C).
    const string Oldest = "90+";

    /// <summary>The coarser form, null where there is none.</summary>
    /// <param name="type">The value's type.</param>
    /// <param name="value">The value.</param>
    /// <param name="thisYear">The calendar year it is, by which a year tells an age.</param>
    public static string? Of(PiiType type, ReadOnlySpan<char> value, int thisYear) =>
        type == PiiTypes.Date || type == PiiTypes.DateOfBirth ? Year(value, thisYear)
        : type == PiiTypes.ZipCode ? Zip(value)
        : type == PiiTypes.Age ? Age(value)
        : type == PiiTypes.IpAddress ? Network(value)
        : null;

    /// <summary>The first run of exactly four digits, where it is a year. Whoever was there in a year that may be 90 years ago can be over 89: such a year is an age, whether the date is called one of birth or not.</summary>
    static string? Year(ReadOnlySpan<char> value, int thisYear)
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
                var year = value.Slice(i, 4);
                return thisYear - int.Parse(year, CultureInfo.InvariantCulture) > OldestAge ? Oldest : year.ToString();
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
        return digits.Length <= 3 && int.Parse(digits, CultureInfo.InvariantCulture) is var age && age > OldestAge ? string.Concat(value[..start], Oldest, value[(start + digits.Length)..]) : digits.Length <= 3 ? value.ToString() : null;
    }

    static string? Network(ReadOnlySpan<char> value) => value.LastIndexOf('.') is var last && last > 0 && !value.Contains(':') ? string.Concat(value[..(last + 1)], "0/24") : null;
}
