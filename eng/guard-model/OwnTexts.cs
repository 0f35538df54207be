namespace Amnion.GuardTraining;

/// <summary>What we wrote ourselves: attacks, and benign texts with the same vocabulary, for both channels; and documents with an attack put into them.</summary>
static class OwnTexts
{
    public const string Source = "own texts";

    public static IEnumerable<TrainingText> Create(IReadOnlyList<TrainingText> corpora, ulong seed)
    {
        var random = new SplitMix(seed);
        var userAttacks = Expand("attacks-user", 30, random).ToList();
        var foreign = Expand("attacks-languages", 12, random).ToList();
        var documentAttacks = Expand("attacks-document", 30, random).ToList();
        var requests = Expand("requests", 12, random).ToList();
        var benignUser = Expand("benign-user", 25, random).Concat(Expand("benign-roles", 90, random)).Concat(Expand("benign-code", 30, random)).ToList();
        var benignDocument = Expand("benign-document", 25, random).ToList();
        string[] passages = [.. corpora.Where(text => !text.Attack && (text.Document || text.Source.StartsWith("presidio", StringComparison.Ordinal) || text.Source.StartsWith("wnut", StringComparison.Ordinal))).Select(text => text.Text), .. benignDocument];
        foreach (var text in userAttacks.Concat(foreign))
        {
            yield return new TrainingText(text, true, false, Source);
        }

        foreach (var text in benignUser)
        {
            yield return new TrainingText(text, false, false, Source);
        }

        foreach (var text in requests)
        {
            yield return new TrainingText(text, false, false, Source);
        }

        foreach (var text in benignDocument)
        {
            yield return new TrainingText(text, false, true, Source);
        }

        foreach (var attack in documentAttacks.Concat(userAttacks.Where(_ => random.Chance(25))).Concat(foreign.Where(_ => random.Chance(25))).Concat(requests))
        {
            yield return new TrainingText(Insert(attack, random.Pick(passages), random), true, true, Source, 0.7f);
        }

        for (var i = 0; i < 1500; i++)
        {
            yield return new TrainingText(string.Join(random.Chance(50) ? "\n" : " ", random.Pick(passages), random.Pick(passages), random.Pick(passages)), false, true, Source);
        }
    }

    static string Insert(string attack, string passage, SplitMix random)
    {
        var separator = random.Pick([" ", "\n", "\n\n", " "]);
        if (random.Chance(50))
        {
            return passage + separator + attack;
        }

        if (random.Chance(30))
        {
            return attack + separator + passage;
        }

        var at = passage.IndexOf(". ", random.Next(passage.Length), StringComparison.Ordinal);
        return at < 0 ? passage + separator + attack : passage[..(at + 1)] + separator + attack + separator + passage[(at + 2)..];
    }

    static IEnumerable<string> Expand(string file, int each, SplitMix random)
    {
        var grammar = new Grammar();
        grammar.Add(ReadText("lists"));
        grammar.Add(ReadText(file));
        return grammar.Patterns.SelectMany(pattern => Enumerable.Range(0, each).Select(_ => grammar.Expand(pattern, random)).Distinct(StringComparer.Ordinal));
    }

    static string ReadText(string name)
    {
        using var stream = typeof(OwnTexts).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
