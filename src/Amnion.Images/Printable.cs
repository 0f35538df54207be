using System.Globalization;
using System.Text;

namespace Amnion.Images;

/// <summary>Names from foreign files as text that cannot move a terminal's cursor or feign another line.</summary>
public static class Printable
{
    const int MaxLength = 300;

    /// <summary>Control and format characters escaped, cut after 300 characters.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var unsafeToShow = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;
            result.Append(unsafeToShow ? string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}") : rune.ToString());
            if (result.Length > MaxLength)
            {
                return result.Append('…').ToString();
            }
        }

        return result.ToString();
    }
}
