namespace Amnion.Guard.Output.Secrets;

/// <summary>
/// Finds keys, tokens and passwords (<see cref="OutputCodes.Secret"/>): formats with a prefix, JSON Web Tokens, private keys, passwords in connection strings, and random values assigned to names that secrets are given. Hashes, UUIDs and placeholders are none.
/// </summary>
public sealed class SecretCheck : IAnswerCheck
{
    const int MostCandidates = 128;
    const int Ring = 64;

    readonly SecretVocabulary _vocabulary = SecretVocabulary.Instance;
    readonly List<SecretCandidate> _candidates = [];
    readonly char[] _last = new char[Ring];
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

    /// <inheritdoc/>
    public void Feed(char character, int position, AnswerHits hits)
    {
        _fed = position + 1;
        var isInValue = false;
        for (var i = _candidates.Count - 1; i >= 0; i--)
        {
            if (_candidates[i].Feed(character, position, hits))
            {
                isInValue |= _candidates[i] is AssignmentCandidate { IsInValue: true };
            }
            else
            {
                _candidates.RemoveAt(i);
            }
        }

        _last[position % Ring] = character;
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
                Add(new AssignmentCandidate(kind, position + 1));
            }

            return;
        }

        var before = start > 0 ? _last[(start - 1) % Ring] : ' ';
        var isBoundary = !char.IsAsciiLetterOrDigit(before) || (before is 'n' or 'r' or 't' && start > 1 && _last[(start - 2) % Ring] == '\\');
        switch (kind)
        {
            case SecretVocabulary.Kind.Format when isBoundary || SecretRules.All[rule].IsInside:
                Add(new FormatCandidate(SecretRules.All[rule], start));
                break;
            case SecretVocabulary.Kind.PrivateKey:
                Add(new PrivateKeyCandidate(start));
                break;
            case SecretVocabulary.Kind.Authority:
                Add(new AuthorityCandidate(position + 1));
                break;
            case SecretVocabulary.Kind.WebToken when isBoundary:
                Add(new WebTokenCandidate(start));
                break;
        }
    }

    /// <summary>The automaton folds case and rare characters: the word itself decides.</summary>
    bool Stands(string word, int start, bool ignoresCase)
    {
        for (var i = 0; i < word.Length; i++)
        {
            var c = _last[(start + i) % Ring];
            if (c != word[i] && !(ignoresCase && char.ToLowerInvariant(c) == word[i]))
            {
                return false;
            }
        }

        return true;
    }

    void Add(SecretCandidate candidate)
    {
        if (_candidates.Count < MostCandidates)
        {
            _candidates.Add(candidate);
        }
    }
}
