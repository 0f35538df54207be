namespace Amnion.Guard.Output.Secrets;

/// <summary>A JSON Web Token in compact form (RFC 7515 §7.1): two base64url segments that begin as a JSON object does, and a signature.</summary>
sealed class WebTokenCandidate(int start, RecentText recent) : SecretCandidate(start)
{
    const int Prefix = 3;
    const int ShortestHeader = 12;

    int _dots;

    public static CharacterSet Characters { get; } = new("A-Za-z0-9._=-");

    public override CharacterSet? Alphabet => Characters;

    public override bool Feed(char c, int position, AnswerHits hits)
    {
        if (!Characters.Contains(c))
        {
            return false;
        }

        Hit?.GrowTo(position + 1);
        _dots += c == '.' ? 1 : 0;
        var length = position + 1 - Start - Prefix;
        if (Hit is null && _dots == 1 && c == 'J' && length >= ShortestHeader + 4 && recent[position - 1] == 'y' && recent[position - 2] == 'e' && recent[position - 3] == '.')
        {
            Report("secret.jwt", position + 1, hits);
        }

        return Hit is not null || length < LongestBody;
    }

    public override void Complete(int length, AnswerHits hits)
    {
        // Without its second segment it is no token.
    }
}
