namespace Amnion.Guard.Output.Secrets;

/// <summary>
/// Finds keys, tokens and passwords (<see cref="OutputCodes.Secret"/>): formats with a prefix, JSON Web Tokens, private keys, passwords in connection strings, and random values assigned to names that secrets are given. Hashes, UUIDs and placeholders are none.
/// </summary>
public sealed class SecretCheck : IAnswerCheck
{
    readonly SecretVocabulary _vocabulary = SecretVocabulary.Instance;
    // No cap: what a full list left out would pass unseen. Undecided ones are few because bodies are short, found ones because those that lie in another are dropped.
    readonly List<SecretCandidate> _candidates = [];
    readonly List<SecretCandidate> _found = [];
    readonly RecentText _recent = new();
    long _steps;
    int _state;
    int _fed;

    /// <inheritdoc/>
    public string Name => "secret";

    /// <inheritdoc/>
    public int Held
    {
        get
        {
            var held = _fed - _vocabulary.Automaton.DepthOf(_state);
            foreach (var candidate in _candidates)
            {
                held = candidate.IsHeld ? Math.Min(held, candidate.Start) : held;
            }

            return Math.Max(0, held);
        }
    }

    /// <summary>How often a candidate took a character or read one again: what the tests bound.</summary>
    internal long Work => _steps + _recent.Copied;

    /// <inheritdoc/>
    public void Feed(char character, int position, AnswerHits hits)
    {
        _fed = position + 1;
        _recent[position] = character;
        _steps += _candidates.Count;
        var isInValue = false;
        for (var i = _candidates.Count - 1; i >= 0; i--)
        {
            var candidate = _candidates[i];
            var wasFound = candidate.IsFound;
            if (!candidate.Feed(character, position, hits))
            {
                _candidates.RemoveAt(i);
                continue;
            }

            isInValue |= candidate is AssignmentCandidate { IsInValue: true };
            if (candidate.IsFound && !wasFound)
            {
                _found.Add(candidate);
            }
        }

        DropCovered();
        _state = _vocabulary.Automaton.Step(_state, character);
        foreach (var word in _vocabulary.Automaton.WordsAt(_state))
        {
            Begin(word, position, isInValue);
        }
    }

    /// <inheritdoc/>
    public void Complete(int length, AnswerHits hits)
    {
        foreach (var candidate in _candidates)
        {
            candidate.Complete(length, hits);
        }
    }

    /// <summary>What was found just now goes on at least as far as what began in it: that need not be followed any more.</summary>
    void DropCovered()
    {
        foreach (var found in _found)
        {
            _steps += _candidates.Count;
            for (var i = _candidates.Count - 1; i >= 0; i--)
            {
                if (found.Covers(_candidates[i].Start, _candidates[i].Alphabet))
                {
                    _candidates.RemoveAt(i);
                }
            }
        }

        _found.Clear();
    }

    bool IsCovered(int start, CharacterSet alphabet)
    {
        _steps += _candidates.Count;
        foreach (var candidate in _candidates)
        {
            if (candidate.Covers(start, alphabet))
            {
                return true;
            }
        }

        return false;
    }

    void Begin(int word, int position, bool isInValue)
    {
        var text = _vocabulary.WordOf(word);
        var start = position + 1 - text.Length;
        var (kind, rule) = _vocabulary.MeaningOf(word);
        var isName = kind is SecretVocabulary.Kind.Password or SecretVocabulary.Kind.Key or SecretVocabulary.Kind.Issuer;
        if (!Stands(text, start, isName))
        {
            return;
        }

        if (isName)
        {
            if (!isInValue)
            {
                // The newest name has the value: "password" in "token password: …".
                _candidates.RemoveAll(static candidate => candidate is AssignmentCandidate { IsInValue: false });
                _candidates.Add(new AssignmentCandidate(kind, position + 1));
            }

            return;
        }

        var before = start > 0 ? _recent[start - 1] : ' ';
        var isBoundary = !char.IsAsciiLetterOrDigit(before) || (before is 'n' or 'r' or 't' && start > 1 && _recent[start - 2] == '\\');
        switch (kind)
        {
            case SecretVocabulary.Kind.Format when (isBoundary || SecretRules.All[rule].IsInside) && !IsCovered(start, SecretRules.All[rule].Body):
                _candidates.Add(new FormatCandidate(SecretRules.All[rule], start, _recent));
                break;
            case SecretVocabulary.Kind.PrivateKey:
                _candidates.Add(new PrivateKeyCandidate(start));
                break;
            case SecretVocabulary.Kind.Authority:
                _candidates.Add(new AuthorityCandidate(position + 1));
                break;
            case SecretVocabulary.Kind.WebToken when isBoundary && !IsCovered(start, WebTokenCandidate.Characters):
                _candidates.Add(new WebTokenCandidate(start, _recent));
                break;
        }
    }

    /// <summary>The automaton folds case and rare characters: the word itself decides.</summary>
    bool Stands(string word, int start, bool ignoresCase)
    {
        for (var i = 0; i < word.Length; i++)
        {
            var c = _recent[start + i];
            if (c != word[i] && !(ignoresCase && char.ToLowerInvariant(c) == word[i]))
            {
                return false;
            }
        }

        return true;
    }
}
