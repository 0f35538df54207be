namespace Amnion.Guard.Pii.Scanning;

/// <summary>Ages: "42 years old", "42-year-old", "aged 42", "42 Jahre alt", "42 años".</summary>
static class AgeRecogniser
{
    const float Score = 0.75f;

    public static void Recognise(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        if (word.Length > 3 || !scan.Settings.Wants(PiiTypes.Age) || int.Parse(scan.Word(token)) is 0 or > 120)
        {
            return;
        }

        var before = token > 0 && scan.Speaks(token - 1, PiiTypes.Age.Index) && scan.Gap(token - 1).Length <= 3;
        var isAfter = token > 1 && scan.Speaks(token - 2, PiiTypes.Age.Index) && scan.Word(token - 1) is "is" or "of" or "was";
        var years = token + 2 < scan.Tokens.Length && scan.Word(token + 1) is "year" or "years" or "yr" or "yrs" or "Jahre" && scan.Word(token + 2) is "old" or "alt" or "young";
        var turned = token > 0 && scan.Word(token - 1) is "turned" or "turning" && scan.Gap(token - 1) is " ";
        var abbreviated = token + 2 < scan.Tokens.Length && scan.Word(token + 1) is "y" && scan.Word(token + 2) is "o" && scan.Gap(token + 1) is "/";
        var alone = token + 1 < scan.Tokens.Length && scan.Word(token + 1) is "yo" or "ans" or "años";
        if (before || isAfter || years || alone || turned || abbreviated)
        {
            scan.Add(PiiTypes.Age, word.Start, word.End, Score);
        }
    }
}
