namespace Amnion.Guard.Pii.Scanning;

/// <summary>Names of persons: after a title, after a label or "my name is", or a known given name with what follows it. Capital letters are needed; what is written in small letters, in other scripts or without any sign is missed.</summary>
static class NameRecogniser
{
    const int MaxWords = 5;

    const float Titled = 0.85f, Cued = 0.75f, GivenAndSurname = 0.8f, GivenAndCapital = 0.62f, GivenAlone = 0.52f, Weak = 0.3f;

    public static void Recognise(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        if (!word.Capital || !scan.Settings.Wants(PiiTypes.Person) || word.Length < 2 || Belongs(scan, token) || IsBlocked(scan, token))
        {
            return;
        }

        var last = Run(scan, token);
        var given = NameLists.Of(scan.Word(token));
        var after = last > token ? NameLists.Of(scan.Word(last)) : NameKinds.None;
        var score = Before(scan, token, last);
        var isGiven = (given & NameKinds.Given) != 0;
        var plain = (given & NameKinds.Ordinary) == 0;
        if (last > token)
        {
            var surname = (after & NameKinds.Surname) != 0;
            score = Math.Max(score, isGiven && surname ? plain || (after & NameKinds.Ordinary) == 0 ? GivenAndSurname : 0.56f
                : isGiven && plain ? GivenAndCapital
                : (given & NameKinds.Surname) != 0 && plain && (after & (NameKinds.Surname | NameKinds.Given)) != 0 && (after & NameKinds.Ordinary) == 0 ? GivenAlone
                : Weak - 0.1f);
        }
        else if (isGiven && plain)
        {
            score = Math.Max(score, StartsSentence(scan, token) ? 0.45f : GivenAlone);
        }

        if ((scan.Roles(last + 1) & WordRoles.Organisation) != 0 && scan.Tokens[last + 1].Capital || (scan.Roles(last) & (WordRoles.Organisation | WordRoles.Street)) != 0)
        {
            return;
        }

        if (score >= Weak)
        {
            scan.Add(PiiTypes.Person, word.Start, scan.Tokens[last].End, score);
        }
    }

    /// <summary>What stands before a name says: a title, a label, "my name is".</summary>
    static float Before(in Scan scan, int token, int last)
    {
        if (token == 0)
        {
            return 0;
        }

        var gap = scan.Gap(token - 1);
        var roles = scan.Roles(token - 1);
        if ((roles & WordRoles.Title) != 0 && scan.Tokens[token - 1].Capital && gap is " " or ". " or ".")
        {
            return Titled;
        }

        var colon = gap.Length <= 3 && gap.Contains(':');
        if ((roles & WordRoles.NameCue) != 0 && (colon || (gap is " " && scan.Word(token - 1) is not ("name" or "names" or "Name" or "contact" or "Contact" or "client" or "member") && (last > token || Known(scan, token)))))
        {
            return colon && !Known(scan, token) && last == token ? GivenAlone : Cued;
        }

        if (gap is not " " || token < 2)
        {
            return 0;
        }

        var before = scan.Word(token - 1);
        var cue = before is "is" or "ist" or "est" or "es" or "è" or "am" or "bin" or "called" or "named" or "m" or "heiße" or "appelle" or "llamo" or "chiamo" or "sono" or "heet" or "soy" or "suis" or "by";
        if (!cue)
        {
            return 0;
        }

        var named = before is "named" or "heiße" or "appelle" or "llamo" or "chiamo" or "heet" || (scan.Roles(token - 2) & WordRoles.NameCue) != 0 || scan.Word(token - 2) is "name" or "Name";
        return named ? Cued + 0.03f : (before is "am" or "m" or "by" or "bin" or "sono" or "soy" or "suis") && Known(scan, token) ? 0.6f : 0;
    }

    static bool Known(in Scan scan, int token) => (NameLists.Of(scan.Word(token)) & (NameKinds.Given | NameKinds.Surname)) != 0;

    /// <summary>Whether a word is the rest of a name that began before it.</summary>
    static bool Belongs(in Scan scan, int token) =>
        token > 0 && scan.Gap(token - 1) is " " or "-" or "'" or "’" && scan.Tokens[token - 1].Capital && scan.Tokens[token - 1].Kind == TokenKind.Letters && !IsBlocked(scan, token - 1) && (scan.Roles(token - 1) & (WordRoles.NameCue | WordRoles.Title)) == 0 && scan.Tokens[token - 1].Length > 1 && Known(scan, token - 1);

    /// <summary>Whether a word is certainly no name's beginning.</summary>
    static bool IsBlocked(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        return (scan.Roles(token) & (WordRoles.Title | WordRoles.Month | WordRoles.Organisation | WordRoles.NameCue | WordRoles.Ordinary)) != 0 || FollowsPlace(scan, token) || IsShouted(scan.Word(token)) || scan.At(word.Start - 1) is '@' or '#' or '/' or '.' or '_' or '\\' || scan.At(word.End) is '@' or '_' || (scan.At(word.End) is '/' or ':' && scan.At(word.End + 1) == '/');
    }

    /// <summary>"Los Angeles", "San Marino", "New Haven" and their like.</summary>
    static bool FollowsPlace(in Scan scan, int token) => token > 0 && scan.Gap(token - 1) is " " && scan.Word(token - 1) is "Los" or "Las" or "San" or "Santa" or "Saint" or "New" or "North" or "South" or "East" or "West" or "Port" or "Fort" or "Mount" or "Lake" or "Cape";

    /// <summary>Four capitals and more are an acronym or a shouted word.</summary>
    static bool IsShouted(ReadOnlySpan<char> word) => word.Length >= 2 && char.IsUpper(word[1]) && (word.Length < 3 || char.IsUpper(word[2]));

    static bool StartsSentence(in Scan scan, int token) => token == 0 || scan.Gap(token - 1).ContainsAny(".!?\n");

    /// <summary>The last word of a name that begins at a token: capitals, initials, particles.</summary>
    static int Run(in Scan scan, int token)
    {
        var last = token;
        for (var i = token + 1; i < scan.Tokens.Length && i < token + MaxWords; i++)
        {
            var gap = scan.Gap(i - 1);
            var initial = scan.Tokens[i - 1].Length == 1;
            if (!(gap is " " or "-" or "'" or "’" || (initial && gap is ". " or ".")) || scan.Tokens[i].Kind != TokenKind.Letters)
            {
                break;
            }

            var particle = (scan.Roles(i) & WordRoles.Particle) != 0;
            if (!scan.Tokens[i].Capital)
            {
                if (particle && i > token)
                {
                    continue;
                }

                break;
            }

            var role = scan.Tokens[i].Length > 1 && (scan.Roles(i) & (WordRoles.Title | WordRoles.Month | WordRoles.NameCue)) != 0 && !Known(scan, i);
            if (role || (scan.Roles(i) & WordRoles.Ordinary) != 0 || IsShouted(scan.Word(i)))
            {
                break;
            }

            last = i;
        }

        // An initial at the end is a middle name cut off from its surname or the beginning of something else.
        return scan.Tokens[last].Length == 1 && last > token ? last - 1 : last;
    }
}
