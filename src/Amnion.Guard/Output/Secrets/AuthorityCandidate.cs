namespace Amnion.Guard.Output.Secrets;

/// <summary>A password in the authority of a URL (RFC 3986 §3.2.1), as connection strings have it.</summary>
sealed class AuthorityCandidate(int start) : SecretCandidate(start)
{
    const int Longest = 160;

    int _colon = -1;

    public override bool Feed(char c, int position, AnswerHits hits)
    {
        if (c == '@')
        {
            if (_colon >= 0 && IsPassword(Body.ToString(_colon + 1, Body.Length - _colon - 1)))
            {
                Start += _colon + 1;
                Report("secret.connection-string", position, hits);
            }

            return false;
        }

        if (char.IsWhiteSpace(c) || c is '/' or '?' or '#' or '"' or '\'' or '<' or '>' or '`' || Body.Length >= Longest)
        {
            return false;
        }

        if (c == ':' && _colon < 0)
        {
            _colon = Body.Length;
        }

        Body.Append(c);
        return true;
    }

    public override void Complete(int length, AnswerHits hits)
    {
        // Without '@' there is no password.
    }

    static bool IsPassword(string value) => value.Length >= 3 && !Placeholder.Is(value) && value.ToLowerInvariant() is not ("password" or "pass" or "passwd" or "pwd" or "secret" or "pw" or "token");
}
