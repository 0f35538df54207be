namespace Amnion.Guard.Pii.Scanning;

/// <summary>Postal addresses by their street: "12 Main Street", "Hauptstraße 12", "12 rue de la Paix", "Calle Mayor 5", with the flat, the town and the postcode that follow.</summary>
static class StreetRecogniser
{
    const int MaxStreetWords = 5, MaxTailWords = 8;

    const float Score = 0.75f, Weaker = 0.6f;

    static readonly string[] s_endings = ["straße", "strasse", "str", "weg", "platz", "allee", "gasse", "damm", "ufer", "straat", "laan", "plein", "gracht", "gatan", "gata", "vägen", "vej", "gade", "katu", "tie", "veien", "gate"];

    /// <summary>A house number before the street.</summary>
    public static void AtNumber(in Scan scan, int token)
    {
        var number = scan.Tokens[token];
        if (number.Length > 6 || !scan.Settings.Wants(PiiTypes.StreetAddress) || token + 2 >= scan.Tokens.Length || scan.Gap(token) is not (" " or ", ") || scan.At(number.Start - 1) is '-' or '.' or ':' or '$')
        {
            return;
        }

        for (var i = token + 1; i < scan.Tokens.Length && i <= token + MaxStreetWords; i++)
        {
            var word = scan.Tokens[i];
            var street = word.Kind == TokenKind.Letters && (scan.Roles(i) & WordRoles.Street) != 0;
            if (street && i > token + 1 && word.Capital)
            {
                scan.Add(PiiTypes.StreetAddress, number.Start, TailEnd(scan, i), Score);
                return;
            }

            // French, Spanish and Portuguese put the street's word first: "12 rue de Rivoli".
            if (street && i == token + 1 && !word.Capital && IsCapitalWithin(scan, i + 1, 3, out var last))
            {
                scan.Add(PiiTypes.StreetAddress, number.Start, TailEnd(scan, last), Weaker);
                return;
            }

            if (!(word.Capital || word.Kind == TokenKind.Mixed || (scan.Roles(i) & WordRoles.Particle) != 0) || scan.Gap(i) is not (" " or ". " or "'" or "-" or "’"))
            {
                return;
            }
        }
    }

    /// <summary>A street's name before the house number.</summary>
    public static void AtWord(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        if (!word.Capital || !scan.Settings.Wants(PiiTypes.StreetAddress) || !NumberFollows(scan, token))
        {
            return;
        }

        var start = word.Start;
        var last = token;
        if ((scan.Roles(token) & WordRoles.Street) != 0 && scan.Word(token) is "Via" or "Viale" or "Piazza" or "Corso" or "Calle" or "Avenida" or "Paseo" or "Rua" or "Rue" or "Plaza" or "Carrera")
        {
            last = IsCapitalWithin(scan, token + 1, 3, out var name) ? name : -1;
        }
        else if (!EndsAsStreet(scan.Word(token)))
        {
            return;
        }
        else if (token > 0 && scan.Tokens[token - 1].Capital && scan.Gap(token - 1) is "-" or " " && scan.Word(token) is "Straße" or "Strasse" or "Str" or "Weg" or "Platz" or "Allee")
        {
            start = scan.Tokens[token - 1].Start;
        }

        var number = last + 1;
        if (last >= 0 && number < scan.Tokens.Length && scan.Tokens[number].Kind != TokenKind.Letters && scan.Tokens[number].Length <= 5 && char.IsAsciiDigit(scan.Word(number)[0]) && scan.Gap(last) is " " or ". " or ", " or ".")
        {
            scan.Add(PiiTypes.StreetAddress, start, TailEnd(scan, number), Score - 0.05f);
        }
    }

    static bool NumberFollows(in Scan scan, int token)
    {
        for (var i = token + 1; i < scan.Tokens.Length && i <= token + 4; i++)
        {
            if (scan.Tokens[i].Kind != TokenKind.Letters)
            {
                return true;
            }
        }

        return false;
    }

    static bool EndsAsStreet(ReadOnlySpan<char> word)
    {
        foreach (var ending in s_endings)
        {
            if (word.Length > ending.Length + 2 && word.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return word is "Straße" or "Strasse";
    }

    static bool IsCapitalWithin(in Scan scan, int from, int count, out int last)
    {
        last = -1;
        for (var i = from; i < scan.Tokens.Length && i < from + count && scan.Gap(i - 1) is " " or "'" or "’"; i++)
        {
            if (scan.Tokens[i].Capital)
            {
                last = i;
            }
            else if ((scan.Roles(i) & WordRoles.Particle) == 0)
            {
                break;
            }
        }

        return last >= 0;
    }

    /// <summary>Where an address ends that has its street at a token: flats, towns, states and postcodes while they follow closely and end in a number.</summary>
    static int TailEnd(in Scan scan, int token)
    {
        var end = scan.Tokens[token].End;
        for (var i = token + 1; i < scan.Tokens.Length && i <= token + MaxTailWords; i++)
        {
            var gap = scan.Gap(i - 1);
            var word = scan.Tokens[i];
            if (gap.Length > 3 || gap.IndexOfAnyExcept(" ,.\n#") >= 0 || (gap.Contains('.') && i > token + 1) || (word.Kind == TokenKind.Letters && !word.Capital && (scan.Roles(i) & WordRoles.Particle) == 0))
            {
                break;
            }

            var postcode = word.Kind != TokenKind.Letters && word.Length is >= 1 and <= 8;
            var state = word.Length == 2 && word.Capital && (scan.Roles(i) & WordRoles.State) != 0 && char.IsAsciiLetterUpper(scan.Word(i)[1]);
            end = postcode || state || scan.Word(i) is "Suite" or "Apt" or "USA" ? word.End : end;
        }

        return end;
    }
}
