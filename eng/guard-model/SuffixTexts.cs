namespace Amnion.GuardTraining;

/// <summary>What the suffix head learns from: requests with an imitated suffix, against everything else, with letters as they were typed.</summary>
static class SuffixTexts
{
    const int Suffixes = 4000;

    public static IEnumerable<TrainingText> Create(IReadOnlyList<TrainingText> corpora, IReadOnlyList<TrainingText> own, ulong seed)
    {
        var random = new SplitMix(seed);
        var soup = new TokenSoup(corpora.Where(text => !text.Attack).Select(text => text.Text));
        string[] requests = [.. own.Where(text => text is { Attack: false, Document: false } && text.Text.Length < 200).Select(text => text.Text)];
        for (var i = 0; i < Suffixes; i++)
        {
            var request = random.Chance(10) ? string.Empty : random.Pick(requests) + " ";
            yield return new TrainingText(request + soup.Suffix(random), true, false, OwnTexts.Source);
        }

        foreach (var text in own.Where(text => !text.Attack))
        {
            yield return text;
        }

        for (var i = 0; i < 600; i++)
        {
            yield return new TrainingText(Encoded(random), false, false, OwnTexts.Source);
        }

        // Jailbreaks are somebody else's to find; but they are language, and teach what is not a suffix.
        foreach (var text in corpora)
        {
            yield return text with { Attack = false, Weight = text.Attack ? 0.3f : 1 };
        }
    }

    /// <summary>Base64, hexadecimal and random identifiers: improbable, and no attack of this kind.</summary>
    static string Encoded(SplitMix random)
    {
        var bytes = new byte[12 + random.Next(150)];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        var encoded = random.Next(3) switch { 0 => Convert.ToBase64String(bytes), 1 => Convert.ToHexStringLower(bytes), _ => string.Join(' ', bytes.Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))) };
        return random.Pick(["", "Decode this: ", "The key is ", "data:image/png;base64,", "sha256: ", "Was bedeutet das? "]) + encoded;
    }
}
