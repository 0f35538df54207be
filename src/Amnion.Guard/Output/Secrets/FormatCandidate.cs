namespace Amnion.Guard.Output.Secrets;

/// <summary>A key with a prefix (<see cref="SecretRule"/>).</summary>
sealed class FormatCandidate(SecretRule rule, int start, RecentText recent) : SecretCandidate(start)
{
    readonly int _bodyStart = start + rule.Prefix.Length;
    Entropy? _entropy;
    int _length;
    bool _isPlaceholder;

    public override CharacterSet? Alphabet => rule.Body;

    public override bool Feed(char c, int position, AnswerHits hits)
    {
        if (!rule.Body.Contains(c))
        {
            Complete(position, hits);
            return false;
        }

        if (Hit is not null)
        {
            Hit.GrowTo(position + 1);
            return true;
        }

        Append(c);
        if (rule.Longest > 0)
        {
            return _length <= rule.Longest;
        }

        // Every sixteenth character is often enough.
        if (_length >= rule.Shortest && (_length - rule.Shortest) % 16 == 0 && IsMet())
        {
            Report(rule.Id, position + 1, hits);
        }

        return Hit is not null || (_length < LongestBody && !_isPlaceholder);
    }

    public override void Complete(int length, AnswerHits hits)
    {
        if (Hit is null && IsMet())
        {
            Report(rule.Id, length, hits);
        }
    }

    void Append(char c)
    {
        _length++;
        _entropy?.Add(c);
        if (_length != rule.Shortest)
        {
            return;
        }

        // Nobody asks before: most of what begins like a key ends sooner.
        _entropy = new Entropy();
        Span<char> body = stackalloc char[_length];
        recent.CopyTo(_bodyStart, body);
        foreach (var character in body)
        {
            _entropy.Add(character);
        }
    }

    /// <summary>Whether the body is long enough, no longer than it may be, random, and no placeholder: the dear question last.</summary>
    bool IsMet()
    {
        if (_entropy is null || (rule.Longest > 0 && _length > rule.Longest) || _entropy.Bits < rule.Entropy)
        {
            return false;
        }

        Span<char> body = stackalloc char[_length];
        recent.CopyTo(_bodyStart, body);
        var isPlaceholder = Placeholder.Is(body);
        _isPlaceholder = isPlaceholder && _length > Placeholder.LongestWithWord;
        return !isPlaceholder;
    }
}
