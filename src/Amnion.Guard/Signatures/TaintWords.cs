using Amnion.Guard.Text;

namespace Amnion.Guard.Signatures;

/// <summary>The words of the user and of the untrusted texts, in every view of these, to tell whose an argument's value is.</summary>
sealed class TaintWords
{
    // So many words in a row are no coincidence.
    const int Quoted = 3;

    readonly string _user;
    readonly HashSet<string> _userWords;
    readonly HashSet<string> _theirWords = new(StringComparer.Ordinal);
    readonly HashSet<string> _theirRuns = new(StringComparer.Ordinal);
    readonly HashSet<string> _userRuns = new(StringComparer.Ordinal);
    readonly HashSet<string> _userNumbers;
    readonly HashSet<string> _theirNumbers = new(StringComparer.Ordinal);

    public TaintWords(string user, IReadOnlyList<NormalizedText> untrusted)
    {
        var words = Words(TextNormalizer.Fold(user));
        _userWords = [.. words];
        _user = " " + string.Join(' ', words) + " ";
        for (var i = 0; i + Quoted <= words.Count; i++)
        {
            _userRuns.Add(Run(words, i));
        }

        _userNumbers = [.. TaintNumbers.Of(TextNormalizer.Fold(user))];
        foreach (var view in untrusted.SelectMany(t => t.Views))
        {
            _theirNumbers.UnionWith(TaintNumbers.Of(view.Text));
            var theirs = Words(view.Text);
            for (var i = 0; i < theirs.Count; i++)
            {
                _theirWords.Add(theirs[i]);
                if (i + Quoted <= theirs.Count)
                {
                    _theirRuns.Add(Run(theirs, i));
                }
            }
        }
    }

    /// <summary>Whether the words of a phrase stand in the user's text, in their order and side by side.</summary>
    public bool UserSays(string phrase) => Words(TextNormalizer.Fold(phrase)) is { Count: > 0 } words && _user.Contains(" " + string.Join(' ', words) + " ", StringComparison.Ordinal);

    /// <summary>
    /// Whether a value comes from an untrusted text and not from the user: it quotes three words in a row, or holds a word, name, number or address that is no everyday word. Values are read like texts, so that base64 of an address is that address; one that cannot be read to its end counts as theirs.
    /// </summary>
    public bool IsTainted(string value) => TextNormalizer.Normalize(value) is var text && (text.IsTruncated || text.Views.Any(v => IsTainted(Words(v.Text)) || TaintNumbers.Of(v.Text).Any(number => _theirNumbers.Contains(number) && !_userNumbers.Contains(number))));

    bool IsTainted(List<string> words)
    {
        // The runs first: looking for a long text in a long text that nearly holds it takes the time of both together.
        if (words.Count == 0 || (Enumerable.Range(0, Math.Max(words.Count - Quoted + 1, 0)).All(i => _userRuns.Contains(Run(words, i))) && _user.Contains(" " + string.Join(' ', words) + " ", StringComparison.Ordinal)))
        {
            return false;
        }

        for (var i = 0; i < words.Count; i++)
        {
            if (i + Quoted <= words.Count && _theirRuns.Contains(Run(words, i)) && !_userRuns.Contains(Run(words, i)))
            {
                return true;
            }

            if (_theirWords.Contains(words[i]) && !_userWords.Contains(words[i]) && (words.Count <= Quoted || !Lexicon.Contains(words[i])))
            {
                return true;
            }
        }

        return false;
    }

    static string Run(List<string> words, int start) => string.Join(' ', words.GetRange(start, Quoted));

    static List<string> Words(string folded)
    {
        var words = new List<string>();
        for (var i = 0; i < folded.Length;)
        {
            var start = i;
            while (i < folded.Length && PhraseText.IsWordCharacter(folded[i]) && !CodePoints.IsUnspaced(folded[i]))
            {
                i++;
            }

            if (i == start && i + 1 < folded.Length && char.IsSurrogatePair(folded[i], folded[i + 1]))
            {
                // Letters beyond the basic plane: each a word, as where nobody writes spaces.
                if (char.IsLetterOrDigit(folded, i))
                {
                    words.Add(folded[i..(i + 2)]);
                }

                i += 2;
            }
            else if (i > start)
            {
                words.Add(folded[start..i]);
            }
            else
            {
                if (CodePoints.IsUnspaced(folded[i]))
                {
                    words.Add(folded[i].ToString());
                }

                i++;
            }
        }

        return words;
    }
}
