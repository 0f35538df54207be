namespace Amnion.Guard.Output.Secrets;

/// <summary>Every word the secret check looks for, in one automaton, shared by all answers.</summary>
sealed class SecretVocabulary
{
    /// <summary>What a word begins.</summary>
    public enum Kind
    {
        Format,
        Password,
        Key,
        Issuer,
        PrivateKey,
        Authority,
        WebToken,
    }

    readonly List<string> _words = [];
    readonly List<(Kind Kind, int Rule)> _meanings = [];

    SecretVocabulary()
    {
        for (var i = 0; i < SecretRules.All.Count; i++)
        {
            Add(SecretRules.All[i].Prefix, Kind.Format, i);
        }

        Add("-----BEGIN ", Kind.PrivateKey);
        Add("://", Kind.Authority);
        Add("eyJ", Kind.WebToken);
        AddAll(SecretNames.Passwords, Kind.Password);
        AddAll(SecretNames.Keys, Kind.Key);
        AddAll(SecretNames.Issuers, Kind.Issuer);
        Automaton = new WordAutomaton(_words);
    }

    public static SecretVocabulary Instance { get; } = new();

    public WordAutomaton Automaton { get; }

    public string WordOf(int word) => _words[word];

    public (Kind Kind, int Rule) MeaningOf(int word) => _meanings[word];

    void AddAll(string[] words, Kind kind)
    {
        foreach (var word in words)
        {
            Add(word, kind);
        }
    }

    void Add(string word, Kind kind, int rule = -1)
    {
        _words.Add(word);
        _meanings.Add((kind, rule));
    }
}
