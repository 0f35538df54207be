using System.Buffers;

namespace Amnion.Guard.Output.Secrets;

/// <summary>A value that is assigned to a name which secrets are given: "api_key = …", "password: …", "&lt;token&gt;…", "the password is …". Only the value is held and removed.</summary>
sealed class AssignmentCandidate(SecretVocabulary.Kind kind, int start) : SecretCandidate(start)
{
    static readonly SearchValues<char> s_signs = SearchValues.Create("!@#$%^&*+~");

    const int LongestGap = 32;
    const int LongestValue = 200;

    Phase _phase;
    int _gap;
    bool _isProse;
    string _between = string.Empty;

    enum Phase
    {
        Name,
        Operator,
        Value,
    }

    /// <summary>Whether the value has begun: a name inside it begins no other assignment.</summary>
    public bool IsInValue => _phase == Phase.Value;

    public override bool IsHeld => _phase == Phase.Value && Hit is null;

    public override bool Feed(char c, int position, AnswerHits hits)
    {
        switch (_phase)
        {
            case Phase.Name:
                return InName(c);
            case Phase.Operator:
                return InOperator(c, position, hits);
            default:
                return InValue(c, position, hits);
        }
    }

    public override void Complete(int length, AnswerHits hits)
    {
        if (_phase == Phase.Value && Hit is null)
        {
            Decide(length, hits);
        }
    }

    bool InName(char c)
    {
        if (c is '=' or ':' or '>' or '|' or ',' or '?')
        {
            _phase = Phase.Operator;
            _gap = 0;
            return true;
        }

        _between += char.ToLowerInvariant(c);
        if (_between.EndsWith(" is ", StringComparison.Ordinal) || _between.EndsWith(" ist ", StringComparison.Ordinal) || _between.EndsWith(" est ", StringComparison.Ordinal) || _between.EndsWith(" es ", StringComparison.Ordinal))
        {
            _isProse = true;
            _phase = Phase.Operator;
            return true;
        }

        return ++_gap <= LongestGap && (char.IsLetterOrDigit(c) || c is ' ' or '\t' or '_' or '-' or '.' or '"' or '\'' or '`' or '*' or ']' or ')' or '\\');
    }

    bool InOperator(char c, int position, AnswerHits hits)
    {
        if (char.IsWhiteSpace(c) || c is '=' or ':' or '>' or '|' or '"' or '\'' or '`' or '*' or '\\' or '(' or '[')
        {
            return ++_gap <= LongestGap && !(c == '\n' && _isProse);
        }

        _phase = Phase.Value;
        Start = position;
        return InValue(c, position, hits);
    }

    bool InValue(char c, int position, AnswerHits hits)
    {
        if (char.IsWhiteSpace(c) || c is '"' or '\'' or '`' or ';' or ',' or '<' or ')' or ']' or '}' or '\\')
        {
            Complete(position, hits);
            return false;
        }

        if (Hit is not null)
        {
            Hit.GrowTo(position + 1);
            return true;
        }

        Body.Append(c);
        if (Body.Length == LongestValue)
        {
            Decide(position + 1, hits);
            return Hit is not null;
        }

        return true;
    }

    void Decide(int end, AnswerHits hits)
    {
        var value = Body.ToString();
        var trimmed = value.TrimEnd('.', ',', ':', '!', '?', '*', '&');
        if (IsSecret(trimmed))
        {
            Report(kind switch
            {
                SecretVocabulary.Kind.Password => "secret.password",
                SecretVocabulary.Kind.Issuer => "secret.issuer",
                _ => "secret.assigned",
            }, end - (value.Length - trimmed.Length), hits, 0.8);
        }
    }

    bool IsSecret(string value)
    {
        var hasDigit = value.AsSpan().ContainsAnyInRange('0', '9');
        var hasLetter = value.AsSpan().ContainsAnyInRange('a', 'z') || value.AsSpan().ContainsAnyInRange('A', 'Z');
        if (Placeholder.Is(value) || (!hasDigit && !(kind == SecretVocabulary.Kind.Password && HasSign(value))))
        {
            return false;
        }

        if (kind == SecretVocabulary.Kind.Password)
        {
            return value.Length is >= 6 and <= 128 && hasLetter && !value.Contains("://", StringComparison.Ordinal) && !value.Contains('(') && Entropy.BitsPerCharacter(value) >= 2.2;
        }

        var run = LongestRun(value);
        var least = kind == SecretVocabulary.Kind.Issuer ? 14 : _isProse ? 16 : 10;
        return run.Length >= least && run.AsSpan().ContainsAnyInRange('0', '9') && (hasLetter || (kind == SecretVocabulary.Kind.Issuer && run.Length >= 16)) && Entropy.BitsPerCharacter(run) >= (hasLetter ? 3.0 : 2.5) && !IsWords(run);
    }

    static bool HasSign(string value) => value.AsSpan().IndexOfAny(s_signs) > 0 && value.AsSpan().ContainsAnyInRange('a', 'z');

    /// <summary>Identifiers with a number in them ("response-token-2") are no keys: every part is a word or a number.</summary>
    static bool IsWords(string run)
    {
        var parts = run.Split(['-', '_', '/', '+', '='], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2)
        {
            return false;
        }

        foreach (var part in parts)
        {
            if (part.Length > 12 || (part.AsSpan().ContainsAnyInRange('0', '9') && part.AsSpan().ContainsAnyExceptInRange('0', '9') && part.Length > 3))
            {
                return false;
            }
        }

        return true;
    }

    static string LongestRun(string value)
    {
        var best = string.Empty;
        foreach (var run in value.Split(['.', '(', '{', '[', ':', '@', '!', '#', '$', '%', '^', '&', '*', '?', '|', '~']))
        {
            best = run.Length > best.Length ? run : best;
        }

        return best;
    }
}
