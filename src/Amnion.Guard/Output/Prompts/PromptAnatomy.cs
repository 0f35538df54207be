using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.Prompts;

/// <summary>Takes a system prompt apart: what in it is a secret, what it tells the model to say (which is no leak), and the rest.</summary>
sealed class PromptAnatomy
{
    const int Cue = 56;
    const int LongestPhrase = 80;
    const int MostSecrets = 64;

    static readonly string[] s_secretCues = ["password", "passcode", "passphrase", "code", "secret", "phrase", "key", "pin", "token", "keyword", "enter", "types", "typed", "input", "says", "said", "sends", "provides", "provided", "equal", "exactly", "unless", "username", "codeword", "magic word", "only if", "contains", "starts with", "matches", "given"];
    static readonly string[] s_answerCues = ["say ", "reply", "respond", "output", "print", "write", "answer", "return", "display", "tell", "response", "greet", "say:", "state ", "repeat", "message:"];
    static readonly string[] s_fixedAnswers = ["accessgranted", "accessdenied", "granted", "denied", "accesgranted"];

    PromptAnatomy(List<PromptSecret> secrets, List<string> rest)
    {
        Secrets = secrets;
        Protected = rest;
    }

    public IReadOnlyList<PromptSecret> Secrets { get; }

    /// <summary>The prompt without what it tells the model to say.</summary>
    public IReadOnlyList<string> Protected { get; }

    public static PromptAnatomy Of(string prompt)
    {
        var secrets = new List<PromptSecret>();
        var rest = new List<string>();
        var from = 0;
        for (var i = 0; i < prompt.Length; i++)
        {
            var close = CloseOf(prompt, i);
            if (close < 0)
            {
                continue;
            }

            var phrase = prompt[(i + 1)..close].Trim();
            if (IsAnswer(prompt, i, phrase))
            {
                rest.Add(prompt[from..i]);
                from = close + 1;
            }
            else if (NearestCue(prompt, i) > 0)
            {
                Add(secrets, phrase);
            }

            i = close;
        }

        rest.Add(prompt[from..]);
        AddNamed(secrets, prompt);
        AddShaped(secrets, prompt);
        return new PromptAnatomy(secrets, rest);
    }

    /// <summary>Where the quotation that begins here ends, or -1: a quotation mark inside a word is an apostrophe.</summary>
    static int CloseOf(string prompt, int at)
    {
        var close = prompt[at] switch
        {
            '"' => '"',
            '\'' => '\'',
            '`' => '`',
            '“' => '”',
            '‘' => '’',
            '«' => '»',
            _ => '\0',
        };
        if (close == 0 || (at > 0 && char.IsLetterOrDigit(prompt[at - 1])))
        {
            return -1;
        }

        for (var end = at + 2; end < prompt.Length && end - at <= 4 * LongestPhrase; end++)
        {
            if (prompt[end] == close && (end + 1 == prompt.Length || !char.IsLetterOrDigit(prompt[end + 1])))
            {
                return end;
            }
        }

        return -1;
    }

    static bool IsAnswer(string prompt, int quote, string phrase)
    {
        var folded = Folded(phrase);
        return Array.IndexOf(s_fixedAnswers, folded) >= 0 || NearestCue(prompt, quote) < 0;
    }

    /// <summary>What the nearest word before says: 1 a secret, -1 an answer, 0 nothing.</summary>
    static int NearestCue(string prompt, int quote)
    {
        var before = prompt[Math.Max(0, quote - Cue)..quote].ToLowerInvariant();
        var secret = Nearest(before, s_secretCues);
        var answer = Nearest(before, s_answerCues);
        return secret < 0 && answer < 0 ? 0 : secret >= answer ? 1 : -1;
    }

    static int Nearest(string before, string[] cues)
    {
        var nearest = -1;
        foreach (var cue in cues)
        {
            nearest = Math.Max(nearest, before.LastIndexOf(cue, StringComparison.Ordinal));
        }

        return nearest;
    }

    /// <summary>"The password is swordfish.": a word that a name of secrets is said to be.</summary>
    static void AddNamed(List<PromptSecret> secrets, string prompt)
    {
        var lower = prompt.ToLowerInvariant();
        foreach (var name in (ReadOnlySpan<string>)["password", "passcode", "passphrase", "code", "secret", "phrase", "key", "pin", "token", "codeword", "keyword", "word"])
        {
            for (var at = lower.IndexOf(name, StringComparison.Ordinal); at >= 0; at = lower.IndexOf(name, at + name.Length, StringComparison.Ordinal))
            {
                var value = ValueAfter(prompt, at + name.Length);
                if (value.Length >= 3)
                {
                    Add(secrets, value);
                }
            }
        }
    }

    static string ValueAfter(string prompt, int at)
    {
        var text = prompt.AsSpan(at, Math.Min(prompt.Length - at, 64));
        var start = -1;
        foreach (var link in (ReadOnlySpan<string>)[" is:", " is ", ": ", " = ", "=", ":", " -> ", " to be "])
        {
            if (text.StartsWith(link, StringComparison.OrdinalIgnoreCase))
            {
                start = link.Length;
                break;
            }
        }

        if (start < 0)
        {
            return string.Empty;
        }

        var value = text[start..].TrimStart();
        var end = value.IndexOfAny(" \t\r\n");
        var isLast = end < 0 || end + 1 >= value.Length || value[end] is '\n' or '\r' || value[end - 1 < 0 ? 0 : end - 1] is '.' or ',' or ';' or '!';
        var word = (end < 0 ? value : value[..end]).Trim("\"'`“”‘’«».,;:!?()[]<>*").ToString();
        // In the middle of a sentence only what is no plain word is a value: "the code is correct when …".
        return isLast || word.AsSpan().ContainsAnyInRange('0', '9') || word.Any(char.IsUpper) ? word : string.Empty;
    }

    /// <summary>Codes show by their shape: letters, digits and case change more often than in a word or a product's name.</summary>
    static void AddShaped(List<PromptSecret> secrets, string prompt)
    {
        foreach (var token in prompt.Split([' ', '\t', '\r', '\n', '"', '\'', '`', '“', '”', '(', ')', ',', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            var word = token.Trim('.', ':', '!', '?', '*', '[', ']', '<', '>');
            if (word.Length is < 6 or > LongestPhrase || word.Contains("://", StringComparison.Ordinal) || (word.Contains('@') && word.Contains('.')))
            {
                continue;
            }

            var switches = 0;
            for (var i = 1; i < word.Length; i++)
            {
                var (left, right) = (KindOf(word[i - 1]), KindOf(word[i]));
                switches += left != right && !(i == 1 && left == 'A' && right == 'a') ? 1 : 0;
            }

            if (word.AsSpan().ContainsAnyInRange('0', '9') && switches >= 3)
            {
                Add(secrets, word);
            }
        }
    }

    static char KindOf(char c) => char.IsDigit(c) ? '0' : char.IsUpper(c) ? 'A' : char.IsLetter(c) ? 'a' : '-';

    static void Add(List<PromptSecret> secrets, string phrase)
    {
        if (secrets.Count >= MostSecrets || phrase.Length is < 2 or > LongestPhrase || Folded(phrase) is not { Length: >= 2 } folded || Array.IndexOf(s_fixedAnswers, folded) >= 0)
        {
            return;
        }

        foreach (var other in secrets)
        {
            if (Folded(other.Phrase) == folded)
            {
                return;
            }
        }

        var isWord = !phrase.AsSpan().ContainsAnyExceptInRange('a', 'z') || phrase.All(char.IsLetter);
        var isWeak = folded.Length <= 3 || (isWord && PromptWords.IsCommon(phrase.ToLowerInvariant()));
        secrets.Add(new PromptSecret(phrase, isWeak));
    }

    static string Folded(string phrase) => string.Concat(FoldedSymbol.Fold(phrase).Select(static symbol => (char)('a' + symbol)));
}
